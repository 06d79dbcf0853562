// Pictures of the built page; `npm run build` first.
//   node scripts/screenshots.mjs [FOLDER]   wide and narrow, light and dark, in each of its states;
//                                           FOLDER is build/screenshots where none is named
//   node scripts/screenshots.mjs --readme   the README's one, web/screenshots/page.png
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { preview } from 'vite';
import { findChromium } from './lib/chromium.mjs';
import { Failure, main, say } from './lib/log.mjs';
import { at, page as pageFolder, viteConfig } from './lib/paths.mjs';

const kSizes = [
  { name: '1440', width: 1440, height: 900 },
  { name: '1024', width: 1024, height: 768 },
  { name: '390', width: 390, height: 844 },
];
const kThemes = ['light', 'dark'];
const kFlags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const kTimeout = 600_000; // ms; a run on a busy machine

await main(async () => {
  const argument = process.argv[2];
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
    if (argument === '--readme') await pictureForReadme(open);
    else await pictures(open, resolve(argument ?? at('build', 'screenshots')));
  } finally {
    await browser.close();
    await server.close();
  }
});

async function openPage(browser, address, options) {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(kTimeout);
  await page.goto(address);
  await page.getByText(/^Press Train/).waitFor();
  return page;
}

// The recipe and text that the page begins with, trained to the end.
async function pictureForReadme(open) {
  const page = await open({ viewport: kSizes[0], colorScheme: 'light', deviceScaleFactor: 1 });
  await button(page, 'Train').click();
  await page.getByText(/^Done after/).waitFor();
  await page.mouse.move(720, 24); // beside everything that shows being pointed at
  await drawn(page);
  const path = at('web', 'screenshots', 'page.png');
  await page.screenshot({ path });
  say(`The picture is ${path}`);
}

async function pictures(open, folder) {
  mkdirSync(folder, { recursive: true });
  for (const { name, ...viewport } of kSizes) {
    for (const colorScheme of kThemes) {
      const page = await open({ viewport, colorScheme, deviceScaleFactor: 2 });
      const take = async (state) => {
        await drawn(page);
        await page.screenshot({ path: join(folder, `${state}-${name}-${colorScheme}.png`) });
      };
      await states(page, name === '390', take);
      await page.close();
    }
  }
  say(`The pictures are in ${folder}`);
}

async function states(page, narrow, take) {
  await take('idle');
  if (narrow) await sheets(page, take);
  else await dialogs(page, take);

  if (narrow) await button(page, 'Training').click();
  await page.getByRole('textbox', { name: 'Steps', exact: true }).fill('600');
  if (narrow) await button(page, 'Close').click();
  await button(page, 'Train').click();
  await page.getByText('step 300', { exact: true }).waitFor();
  await take('training');

  await page.getByText(/^Done after/).waitFor();
  await take('done');

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
}

function button(page, name) {
  return page.getByRole('button', { name, exact: true });
}

// The chart is redrawn, and what moves has come to rest.
function drawn(page) {
  return page.evaluate(() => new Promise((done) => setTimeout(done, 400)));
}
