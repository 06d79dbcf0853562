// npm run startup: how long the built page takes until its first button works, in a fresh browser as
// `npm start` serves it, and again without a network; `npm run build` first. Status 1 where the
// median is over what we ask.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { preview } from 'vite';
import { findChromium } from './lib/browsers.mjs';
import { Failure, main, say } from './lib/log.mjs';
import { page as pageFolder, viteConfig } from './lib/paths.mjs';

const kMost = 2000; // ms
const kVisits = 9;
const kFlags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];

await main(async () => {
  if (!existsSync(join(pageFolder, 'index.html'))) {
    throw new Failure('There is no built page yet: run `npm run build` first.');
  }
  const executablePath = await findChromium();
  const [first, offline] = [[], []];
  for (let visit = 0; visit < kVisits; visit++) {
    const times = await twoVisits(executablePath);
    first.push(times.first);
    offline.push(times.offline);
  }
  tell('first visit', first);
  tell('later, without a network', offline);
  if (median(first) > kMost) throw new Failure(`The first visit takes more than ${kMost} ms.`);
});

async function twoVisits(executablePath) {
  const server = await preview({ configFile: viteConfig, logLevel: 'warn', preview: { port: 0 } });
  const browser = await chromium.launch({ executablePath, args: kFlags });
  try {
    const page = await browser.newPage();
    await page.addInitScript(watchForUse);
    const [address] = server.resolvedUrls.local;
    const first = await usableAt(page, address);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => null));
    await server.close();
    return { first, offline: await usableAt(page, address) };
  } finally {
    await browser.close();
    await server.close();
  }
}

// In the page: remembers when the engine was ready and the first text read, so that Train trains.
function watchForUse() {
  const { document, MutationObserver } = globalThis;
  const usable = () =>
    document.querySelector('.phase-word')?.textContent === 'ready' &&
    /\d/.test(document.querySelector('.estimate')?.textContent ?? '');
  globalThis.usable = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (!usable()) return;
      observer.disconnect();
      resolve(performance.now());
    });
    observer.observe(document, { childList: true, characterData: true, subtree: true });
  });
}

async function usableAt(page, address) {
  await page.goto(address);
  return page.evaluate(() => globalThis.usable);
}

function median(times) {
  return [...times].sort((a, b) => a - b)[times.length >> 1];
}

function tell(name, times) {
  const figures = [median(times), Math.min(...times), Math.max(...times)].map(Math.round);
  say(
    `${name}: usable after ${figures[0]} ms (${figures[1]} to ${figures[2]}, ${times.length} visits)`,
  );
}
