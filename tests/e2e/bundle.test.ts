import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Response } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { launch } from './browser';

const LARGEST_ENGINE = 300_000; // bytes, as built
const LARGEST_BESIDE = 400_000; // of what is loaded only when it is asked for
const FIRST_LOAD = 500_000; // bytes, compressed

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

it('every build of the engine is below 300 kB, and the modules beside it are small', () => {
  const assets = join(import.meta.dirname, '../../build/page/assets');
  const modules = readdirSync(assets).filter((name) => name.endsWith('.wasm'));
  const largest = (named: (name: string) => boolean) =>
    Math.max(...modules.filter(named).map((name) => statSync(join(assets, name)).size));
  const isEngine = (name: string) => name.startsWith('engine-');
  expect(modules.filter(isEngine)).toHaveLength(4);
  expect(modules).toHaveLength(4 + 2);
  expect(largest(isEngine)).toBeLessThan(LARGEST_ENGINE);
  expect(largest((name) => !isEngine(name))).toBeLessThan(LARGEST_BESIDE);
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
