import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Response } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { launch } from './browser';

const LARGEST_MODULE = 300_000; // bytes, as built
const FIRST_LOAD = 500_000; // bytes, compressed

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

it('every module is below 300 kB: the builds of the engine, and what is loaded when asked for', () => {
  const assets = join(import.meta.dirname, '../../build/page/assets');
  const modules = readdirSync(assets).filter((name) => name.endsWith('.wasm'));
  const named = modules.map((name) => name.replace(/-[\w-]{8}\.wasm$/, ''));
  expect(named.filter((name) => name === 'engine')).toHaveLength(4);
  expect(named.filter((name) => name !== 'engine')).toEqual(
    expect.arrayContaining(['anatomy', 'bench', 'exchange', 'health', 'inspect', 'proof']),
  );
  for (const name of modules)
    expect(statSync(join(assets, name)).size, name).toBeLessThan(LARGEST_MODULE);
});

it('what the first visit loads is below 500 kB compressed', async () => {
  // Without the service worker, which stocks the rest when the page is in use already.
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const responses: Response[] = [];
  context.on('response', (response) => responses.push(response));
  const page = await context.newPage();
  await page.goto(inject('pageUrl'));
  await page.getByText(/^Press Train/).waitFor();
  const bodies = await Promise.all(responses.map((response) => response.body()));
  expect(responses.some((response) => response.url().endsWith('.wasm'))).toBe(true);
  const compressed = bodies.map((body) => gzipSync(body).length);
  expect(compressed.reduce((sum, size) => sum + size)).toBeLessThan(FIRST_LOAD);
  await context.close();
});

// How long after its beginning a page made its first button, and asked for a piece of its code: null
// where it did not.
async function firstLoad() {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector('.train-button')) return;
      performance.mark('button');
      observer.disconnect();
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(inject('pageUrl'));
  await page.getByText(/^Press Train/).waitFor();
  await page.waitForFunction(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.loss-canvas canvas');
    return canvas !== null && canvas.width > 0 && canvas.style.width !== '';
  });
  const times = await page.evaluate(() => ({
    button: performance.getEntriesByName('button')[0]?.startTime ?? null,
    scripts: performance
      .getEntriesByType('resource')
      .map(({ name, startTime }) => ({ name: name.split('/').at(-1)!, startTime })),
  }));
  await context.close();
  const of = (piece: RegExp) =>
    times.scripts.find(({ name }) => piece.test(name))?.startTime ?? null;
  return { button: times.button, of };
}

it('the chart’s code is asked for once the page is there; what few need, not at all', async () => {
  const { button, of } = await firstLoad();
  expect(of(/^index-.*\.js$/)).toBeLessThan(button!);
  expect(of(/^loss-figure-.*\.js$/)).toBeGreaterThan(button!);
  const built = readdirSync(join(import.meta.dirname, '../../build/page/assets'));
  for (const piece of [/^archive-.*\.js$/, /^foreign-files-.*\.js$/, /^exchange/]) {
    expect(built.some((name) => piece.test(name))).toBe(true);
    expect(of(piece)).toBeNull();
  }
});

it('the page trains while the chart’s code is still on its way', async () => {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  let release = () => undefined as void;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(/loss-figure/, async (route) => {
    await released;
    await route.continue();
  });
  await page.goto(inject('pageUrl'));
  await page.getByText(/^Press Train/).waitFor();
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page.getByText('step 100', { exact: true }).waitFor();
  const canvas = page.locator('.loss-canvas canvas');
  const drawn = () =>
    canvas.evaluate((it: HTMLCanvasElement) => {
      const { data } = it.getContext('2d')!.getImageData(0, 0, it.width, it.height);
      return data.some((value) => value > 0);
    });
  expect(await drawn()).toBe(false);
  release();
  await expect.poll(drawn).toBe(true);
  await context.close();
});
