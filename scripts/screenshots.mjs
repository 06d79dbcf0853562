// Pictures of the built page; `npm run build` first.
//   node scripts/screenshots.mjs [FOLDER]   wide and narrow, light and dark, in each of its states;
//                                           FOLDER is build/screenshots where none is named
//   node scripts/screenshots.mjs --readme   the README's few, in web/screenshots
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { preview } from 'vite';
import { findChromium } from './lib/browsers.mjs';
import { Failure, main, say } from './lib/log.mjs';
import { at, page as pageFolder, viteConfig } from './lib/paths.mjs';

const kSizes = [
  { name: '1440', width: 1440, height: 900 },
  { name: '1024', width: 1024, height: 768 },
  { name: '390', width: 390, height: 844 },
];
const kStates = ['idle', 'training', 'done', 'failed'];
const kThemes = ['light', 'dark'];
// Each state once at a desk and once in a hand, in one of the themes.
const kReadme = {
  folder: at('web', 'screenshots'),
  scale: 1,
  wanted: [
    ...['idle-1440-light', 'training-1440-dark', 'done-1440-light', 'failed-1440-dark'],
    ...['idle-390-dark', 'training-390-light', 'done-390-dark', 'failed-390-light'],
  ],
};
const kFlags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const kTimeout = 600_000; // ms; a run on a busy machine

// The sides of what looks inside the model: the name of each picture, its tab, and what there is to do
// or to wait for before it is taken. Some have several pictures.
const kSides = [
  ['attention', 'Attention', pointToken],
  ['expects', 'What it expects next', pointToken],
  ['gradients', 'Gradients, proven', (page) => seen(page.locator('.inside-curve circle').nth(49))],
  ['anatomy', 'Anatomy', (page) => seen(page.getByTestId('number-slope'))],
  ['number', 'Anatomy', selectNumber],
  ['derivation', 'Anatomy', (page) => page.locator('.inside-derivation').scrollIntoViewIfNeeded()],
  ['health', 'Health', findRate],
  ['memory', 'Memory and time', (page) => seen(page.getByTestId('reserved'))],
  ['profile', 'Memory and time', profile],
];
const kStops = 10; // of the tour

await main(async () => {
  const argument = process.argv[2];
  if (argument?.startsWith('-') && argument !== '--readme')
    throw new Failure(`There is no ${argument}: name a folder, or --readme.`);
  if (!existsSync(join(pageFolder, 'index.html'))) {
    throw new Failure('There is no built page yet: run `npm run build` first.');
  }
  const server = await preview({
    configFile: viteConfig,
    logLevel: 'warn',
    preview: { port: 0 },
  });
  const browser = await chromium.launch({ executablePath: await findChromium(), args: kFlags });
  const open = (options) => openPage(browser, server.resolvedUrls.local[0], options);
  try {
    const folder = resolve(argument ?? at('build', 'screenshots'));
    const everything = { folder, scale: 2, steps: 600 };
    await pictures(open, argument === '--readme' ? kReadme : everything);
  } finally {
    await browser.close();
    await server.close();
  }
});

async function openPage(browser, address, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(kTimeout);
  await page.goto(address);
  await page.getByText(/^Press Train/).waitFor();
  return page;
}

/** Takes the pictures `wanted`, or all, of a run of so many steps, or of as many as there are. */
async function pictures(open, { folder, scale, steps, wanted }) {
  mkdirSync(folder, { recursive: true });
  for (const { name, ...viewport } of kSizes) {
    for (const colorScheme of kThemes) {
      const ending = `-${name}-${colorScheme}`;
      const isWanted = (state) => !wanted || wanted.includes(state + ending);
      if (!kStates.some(isWanted)) continue;
      const page = await open({ viewport, colorScheme, deviceScaleFactor: scale });
      const shoot = async (state, of = page) => {
        if (!isWanted(state)) return;
        await drawn(of);
        await of.screenshot({ path: join(folder, `${state}${ending}.png`) });
      };
      const take = async (state) => {
        await page.mouse.move(viewport.width / 2, 24); // beside what shows being pointed at
        await shoot(state);
      };
      await states(page, { narrow: name === '390', steps, take, shoot, all: !wanted });
      await page.context().close();
    }
  }
  say(`The pictures are in ${folder}`);
}

async function states(page, { narrow, steps, take, shoot, all }) {
  await take('idle');
  if (narrow) await sheets(page, take);
  else await dialogs(page, take);

  if (steps) {
    if (narrow) await button(page, 'Training').click();
    await page.getByRole('textbox', { name: 'Steps', exact: true }).fill(`${steps}`);
    if (narrow) await button(page, 'Close').click();
  }
  await button(page, 'Train').click();
  await page.getByText('step 300', { exact: true }).waitFor();
  await take('training');

  await page.getByText(/^Done after/).waitFor();
  await take('done');
  if (all) {
    await pointed(page, shoot);
    await shared(page, take, shoot);
    await inside(page, { narrow, take });
    await twoRuns(page, { narrow, take });
  }

  // What an engine without memory does: its worker dies.
  await page.workers()[0].evaluate(() => {
    setTimeout(() => {
      throw new WebAssembly.RuntimeError('memory access out of bounds');
    });
  });
  await page.getByText(/^The engine stopped/).waitFor();
  await take('failed');
}

async function sheets(page, take) {
  for (const sheet of ['Text', 'Model', 'Training']) {
    await button(page, sheet).click();
    await take(`sheet-${sheet.toLowerCase()}`);
    await button(page, 'Close').click();
  }
}

async function dialogs(page, take) {
  await button(page, 'Keys').click();
  await take('keys');
  await button(page, 'Close').click();
  await button(page, 'Paste or edit').click();
  await take('editor');
  await button(page, 'Cancel').click();
  await button(page, 'See its tokens').click();
  await page.locator('.text-token').first().waitFor();
  await take('tokens');
  await button(page, 'Close').click();
  await page.locator('#threads').scrollIntoViewIfNeeded();
  await take('device');
  await page.locator('.settings-scroll').evaluate((it) => it.scrollTo(0, 0));
}

// A token and a step pointed at, and the chart in the hands of the keyboard.
async function pointed(page, shoot) {
  await button(page, 'Probabilities').click();
  await page.locator('.writing .token').nth(60).hover();
  await shoot('token');
  await button(page, 'Probabilities').click();
  await page.getByRole('slider', { name: 'Step on the chart' }).focus();
  for (let i = 0; i < 30; i++) await page.keyboard.press('ArrowLeft');
  await shoot('chart-keys');
}

// Two runs, one laid over the other.
async function twoRuns(page, { narrow, take }) {
  const set = async (sheet, name, value) => {
    if (narrow) await button(page, sheet).click();
    await page.getByRole('textbox', { name, exact: true }).fill(value);
    if (narrow) await button(page, 'Close').click();
  };
  await set('Model', 'Width', '48');
  await set('Training', 'Steps', '400');
  await button(page, 'Train anew').click();
  await page.getByText(/^Done after 400/).waitFor();
  if (narrow) await button(page, 'Runs').click();
  const shown = page.getByLabel('Show “tiny stories” on the chart');
  await shown.check();
  await page.locator('.storage-foot').scrollIntoViewIfNeeded();
  await take('runs');
  if (narrow) await button(page, 'Close').click();
  await take('overlay');
}

async function inside(page, { narrow, take }) {
  await button(page, 'Look inside').click();
  await page.getByTestId('row-sum').waitFor();
  for (const [name, tab, prepare] of kSides) {
    await page.getByRole('tab', { name: tab, exact: true }).click();
    if (narrow) await page.locator('.inside-bar').evaluate((bar) => bar.scrollIntoView());
    await prepare(page);
    await take(`inside-${name}`);
    if (narrow) continue;
    await button(page, 'Whole page').click();
    await prepare(page);
    await take(`inside-${name}-whole`);
    await button(page, 'Beside the curve').click();
  }
  await button(page, 'Take the tour').click();
  for (let stop = 1; stop <= kStops; stop++) {
    await page.locator('#inside-stop-title', { hasText: `${stop}/${kStops}` }).waitFor();
    await take(`inside-tour-${stop}`);
    await button(page, stop < kStops ? 'Next stop' : 'End of the tour').click();
  }
  await button(page, 'Close inside').click();
}

function seen(locator) {
  return locator.waitFor();
}

async function pointToken(page) {
  const token = page.locator('.inside-token').nth(12);
  await token.waitFor();
  await token.hover();
}

// One of a matrix's outputs, with what it is the sum of.
async function selectNumber(page) {
  await page.getByTestId('anatomy').locator('button', { hasText: 'h.0.attn.qkv' }).click();
  const grid = page.getByRole('grid', { name: 'Numbers of h.0.attn.qkv' });
  await grid.getByRole('gridcell').nth(21).click();
  await page.getByTestId('number-sum').waitFor();
  await page.getByTestId('number-slope').scrollIntoViewIfNeeded();
}

async function profile(page) {
  const measure = button(page, 'Profile a step');
  if (await measure.isVisible()) await measure.click();
  await page.getByTestId('step-ms').waitFor();
}

async function findRate(page) {
  const suggested = page.getByTestId('lr-suggested');
  if (!(await suggested.isVisible())) await button(page, 'Find a learning rate').click();
  await suggested.waitFor();
}

// What is shared, what a link brings, and the page in a frame.
async function shared(page, take, shoot) {
  await button(page, 'Share').click();
  await button(page, 'Download picture').waitFor();
  await take('share');
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
  await button(page, 'Close').click();
  await page.evaluate(`location.hash = ${JSON.stringify(new URL(link).hash)}`);
  await page.locator('.shared-strip').waitFor();
  await take('link');
  await button(page, 'Dismiss').click();

  const frame = await page.context().newPage();
  const { width } = page.viewportSize();
  await frame.setViewportSize({ width: Math.min(width, 720), height: 480 });
  await frame.goto(link.replace('#', '?embed=1#'));
  await button(frame, 'Train').click();
  await frame.getByText('step 100', { exact: true }).waitFor();
  await shoot('embed', frame);
  await frame.close();
}

function button(page, name) {
  return page.getByRole('button', { name, exact: true });
}

// The chart is redrawn, and what moves has come to rest.
function drawn(page) {
  return page.evaluate(() => new Promise((done) => setTimeout(done, 400)));
}
