// node scripts/keeping.mjs: what it costs to keep a run in the browser while it is trained: its steps a
// second with a storage and without one, in turns, of one run of each preset; `npm run build` first.
//   node scripts/keeping.mjs [PRESET...]   small, nano and large where none is named
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { preview } from 'vite';
import { findChromium } from './lib/browsers.mjs';
import { Failure, main, say } from './lib/log.mjs';
import { page as pageFolder, viteConfig } from './lib/paths.mjs';

const kPresets = ['small', 'nano', 'large'];
const kPairs = 5;
const kSeconds = 30; // three checkpoints' worth
const kWarmUpSeconds = 4;
const kFlags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];

await main(async () => {
  if (!existsSync(join(pageFolder, 'index.html'))) {
    throw new Failure('There is no built page yet: run `npm run build` first.');
  }
  const server = await preview({ configFile: viteConfig, logLevel: 'warn', preview: { port: 0 } });
  const browser = await chromium.launch({ executablePath: await findChromium(), args: kFlags });
  try {
    const presets = process.argv.length > 2 ? process.argv.slice(2) : kPresets;
    for (const preset of presets) await compare(browser, server.resolvedUrls.local[0], preset);
  } finally {
    await browser.close();
    await server.close();
  }
});

async function compare(browser, address, preset) {
  const pairs = [];
  for (let i = 0; i < kPairs; i++) {
    const pair = {};
    // Who begins changes, as the machine's mood does.
    for (const keeps of i % 2 ? [true, false] : [false, true]) {
      pair[keeps] = await stepsPerSecond(browser, address, preset, keeps);
    }
    pairs.push(pair);
  }
  const ratio = median(pairs.map((pair) => pair.true.rate / pair.false.rate));
  const of = (keeps) => median(pairs.map((pair) => pair[keeps].rate)).toFixed(1);
  const checkpoints = median(pairs.map((pair) => pair.true.checkpoints));
  say(
    `${preset}: ${of(true)} steps/s kept (${checkpoints} checkpoints in ${kSeconds} s), ` +
      `${of(false)} not kept, ratio ${ratio.toFixed(3)} (median of ${kPairs} pairs)`,
  );
}

async function stepsPerSecond(browser, address, preset, keeps) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.addInitScript(hearWorkers);
    if (!keeps) await page.addInitScript(refuseStorage);
    await page.goto(address);
    await page.getByText(/^Press Train/).waitFor();
    await page.getByLabel('Preset').selectOption(preset);
    const set = (name, value) => page.locator(`#setting-${name}`).fill(value);
    await set('steps', '1000000');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.waitForFunction(() => globalThis.heard.step > 0, null, { timeout: 120_000 });
    await page.waitForTimeout(1000 * kWarmUpSeconds);
    return await page.evaluate(measure, 1000 * kSeconds);
  } finally {
    await context.close();
  }
}

// In the page: remembers the step told last, when, and how many checkpoints were written.
function hearWorkers() {
  const heard = { step: 0, at: 0, checkpoints: 0 };
  globalThis.heard = heard;
  globalThis.Worker = class extends globalThis.Worker {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', ({ data }) => {
        if (data.type === 'progress')
          Object.assign(heard, { step: data.step, at: performance.now() });
        if (data.type === 'kept') heard.checkpoints++;
      });
    }
  };
}

function refuseStorage() {
  Object.defineProperty(globalThis, 'indexedDB', {
    get() {
      throw new DOMException('denied', 'SecurityError');
    },
  });
}

async function measure(milliseconds) {
  const { heard } = globalThis;
  const before = { ...heard };
  await new Promise((done) => setTimeout(done, milliseconds));
  return {
    rate: (1000 * (heard.step - before.step)) / (heard.at - before.at),
    checkpoints: heard.checkpoints - before.checkpoints,
  };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
