import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { trainNatively } from '../engine/cli/run';
import { launch, Visit } from './browser';
import { realText } from './texts';

const recipe = {
  n_layer: 2,
  n_head: 3,
  n_embd: 24,
  block_size: 19,
  batch_size: 5,
  bias: true,
  dropout: 0.1,
  steps: 12,
  warmup_steps: 3,
  seed: 7,
  eval_every: 5,
  eval_batches: 2,
};

const text = realText().slice(0, 40_000);
let browser: Browser;
let native: string;

beforeAll(async () => {
  native = trainNatively(recipe, text);
  expect(native).toMatch(/^[0-9a-f]{16}$/);
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
});

it.each([
  ['?build=single', /strict arithmetic, 1 thread$/],
  ['?threads=1', /strict arithmetic, 1 thread$/],
  ['?threads=2', /strict arithmetic, 2 threads$/],
  ['?threads=3', /strict arithmetic, 3 threads$/],
])('the page with %s ends with the weights of the native command line', async (address, words) => {
  const visit = await Visit.begin(browser, address);
  await visit.drop('text.txt', Buffer.from(text));
  await visit.page.locator('.text-facts', { hasText: '40,000' }).waitFor();
  await visit.page.getByLabel('Preset').selectOption('nano'); // the engine's defaults
  await visit.setRecipe(recipe);
  await visit.button('Train').click();
  await visit.waitForPhase('done');
  expect(await visit.fingerprint()).toBe(native);
  expect(await visit.page.locator('.fingerprint').innerText()).toMatch(words);
  expect(visit.complaints).toEqual([]);
  await visit.end();
});
