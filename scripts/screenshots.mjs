// Pictures of the built page: desktop and phone, light and dark, in each of its states.
//   node scripts/screenshots.mjs [FOLDER]      (default build/screenshots; `npm run build` first)
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { preview } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = resolve(process.argv[2] ?? join(root, 'build', 'screenshots'));
const sizes = [
  { name: '1440', width: 1440, height: 900 },
  { name: '390', width: 390, height: 844 },
];
const themes = ['light', 'dark'];
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];

mkdirSync(folder, { recursive: true });
const server = await preview({
  root: join(root, 'web'),
  configFile: join(root, 'web', 'vite.config.ts'),
  logLevel: 'warn',
  preview: { port: 0, host: '127.0.0.1' },
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: flags,
});
try {
  for (const size of sizes) for (const theme of themes) await picture(size, theme);
} finally {
  await browser.close();
  await server.close();
}
console.log(`Pictures are in ${folder}`);

async function picture({ name, width, height }, theme) {
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: theme,
    deviceScaleFactor: 2,
  });
  const take = async (state) => {
    await page.evaluate(() => new Promise((done) => setTimeout(done, 400))); // the chart's redraw
    await page.screenshot({ path: join(folder, `${state}-${name}-${theme}.png`) });
  };
  await page.goto(server.resolvedUrls.local[0]);
  await page.getByText(/^Press Train/).waitFor();
  await take('idle');
  if (name === '390') await sheets(page, take);

  await setSteps(page, name, '600');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page.getByText('step 300', { exact: true }).waitFor({ timeout: 120_000 });
  await take('training');

  await page.getByText(/^Done after/).waitFor({ timeout: 120_000 });
  await take('done');

  // What an engine without memory does: its worker dies.
  await page.workers()[0].evaluate(() => {
    setTimeout(() => {
      throw new WebAssembly.RuntimeError('memory access out of bounds');
    });
  });
  await page.getByText(/^The engine stopped/).waitFor();
  await take('failed');
  await page.close();
}

async function sheets(page, take) {
  for (const sheet of ['Text', 'Model', 'Training']) {
    await page.getByRole('button', { name: sheet, exact: true }).click();
    await take(`sheet-${sheet.toLowerCase()}`);
    await page.getByRole('button', { name: 'Close' }).click();
  }
}

async function setSteps(page, name, steps) {
  if (name === '390') await page.getByRole('button', { name: 'Training', exact: true }).click();
  await page.getByRole('textbox', { name: 'Steps', exact: true }).fill(steps);
  if (name === '390') await page.getByRole('button', { name: 'Close' }).click();
}
