// npm run lighthouse: what Lighthouse says of the built page, served as `npm start` does, on its idea
// of a phone and of a desktop; `npm run build` first. Status 1 where a figure is below what we ask.
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { preview } from 'vite';
import { findChromium } from './lib/browsers.mjs';
import { Failure, main, say, stage } from './lib/log.mjs';
import { at, build, page, viteConfig } from './lib/paths.mjs';
import { run } from './lib/run.mjs';
import { hash, stamp, stamped } from './lib/stamp.mjs';

const kLeast = 95; // of 100
const kCategories = ['performance', 'accessibility', 'best-practices'];
const kFlags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const folder = join(build, 'lighthouse');

await main(async () => {
  if (!existsSync(join(page, 'index.html'))) {
    throw new Failure('There is no built page yet: run `npm run build` first.');
  }
  await install();
  const server = await preview({ configFile: viteConfig, logLevel: 'warn', preview: { port: 0 } });
  try {
    const chromium = await findChromium();
    const low = [];
    for (const device of ['mobile', 'desktop']) {
      const browser = await launch(chromium); // a fresh one: the page keeps itself in the other
      low.push(...(await judge(device, server.resolvedUrls.local[0], browser.port)));
      browser.kill();
    }
    if (low.length > 0) throw new Failure(`Below ${kLeast}: ${low.join(', ')}.`);
  } finally {
    await server.close();
  }
});

// Lighthouse brings two hundred packages, which nothing else needs: they lie apart.
async function install() {
  const files = ['package.json', 'package-lock.json'];
  const sources = files.map((file) => at('scripts/lighthouse', file));
  const value = hash(...sources.map((file) => readFileSync(file, 'utf8')));
  const mark = join(folder, 'installed');
  if (stamped(mark, value)) return;
  mkdirSync(folder, { recursive: true });
  sources.forEach((file, i) => copyFileSync(file, join(folder, files[i])));
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await stage('install Lighthouse', () =>
    run('npm', args, {
      cwd: folder,
      log: 'lighthouse',
      failure: 'npm could not install Lighthouse: check the network and the message above.',
    }),
  );
  stamp(mark, value);
}

function load(path) {
  return import(pathToFileURL(join(folder, 'node_modules', path)));
}

async function launch(chromePath) {
  const { launch } = await load('chrome-launcher/dist/index.js');
  return launch({ chromePath, chromeFlags: kFlags, logLevel: 'error' });
}

/** Judges the page on one device; returns what is below the least, in words. */
async function judge(device, address, port) {
  const { default: lighthouse, desktopConfig } = await load('lighthouse/core/index.js');
  const options = { port, output: 'html', onlyCategories: kCategories, logLevel: 'error' };
  const { lhr, report } = await lighthouse(
    address,
    options,
    device === 'desktop' ? desktopConfig : undefined,
  );
  const file = join(folder, `${device}.html`);
  writeFileSync(file, report);
  const scores = kCategories.map((key) => [
    key,
    Math.round((lhr.categories[key].score ?? 0) * 100),
  ]);
  if (lhr.runtimeError) say(`  ${lhr.runtimeError.code}: ${lhr.runtimeError.message}`);
  say(`${device}: ${scores.map(([key, score]) => `${key} ${score}`).join(', ')}  (${file})`);
  for (const { title, displayValue } of failedAudits(lhr)) say(`  ${title} ${displayValue ?? ''}`);
  return scores
    .filter(([, score]) => score < kLeast)
    .map(([key, score]) => `${device} ${key} ${score}`);
}

// Those that count and are not perfect.
function failedAudits({ categories, audits }) {
  return Object.values(categories)
    .flatMap(({ auditRefs }) => auditRefs)
    .filter(({ weight }) => weight > 0)
    .map(({ id }) => audits[id])
    .filter(({ score }) => score !== null && score < 0.9);
}
