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
const native = { strict: '', fused: '' };

beforeAll(async () => {
  for (const arithmetic of ['strict', 'fused'] as const) {
    native[arithmetic] = trainNatively(recipe, text, arithmetic);
    expect(native[arithmetic]).toMatch(/^[0-9a-f]{16}$/);
  }
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
});

it.each([
  ['?build=simd-single', 'strict', '1 thread'],
  ['?build=simd&threads=1', 'strict', '1 thread'],
  ['?build=simd&threads=2', 'strict', '2 threads'],
  ['?build=simd&threads=3', 'strict', '3 threads'],
  ['?build=relaxed-single', 'fused', '1 thread'],
  ['?threads=2', 'fused', '2 threads'],
] as const)(
  'the page with %s ends with the weights of the native command line: %s',
  async (address, arithmetic, threads) => {
    const visit = await Visit.begin(browser, address);
    await visit.drop('text.txt', Buffer.from(text));
    await visit.page.locator('.text-facts', { hasText: '40,000' }).waitFor();
    await visit.page.getByLabel('Preset').selectOption('nano'); // the engine's defaults
    await visit.setRecipe(recipe);
    await visit.button('Train').click();
    await visit.waitForPhase('done');
    expect(await visit.fingerprint()).toBe(native[arithmetic]);
    expect(await visit.page.locator('.fingerprint').innerText()).toContain(
      `${arithmetic} arithmetic, ${threads}`,
    );
    expect(visit.complaints).toEqual([]);
    await visit.end();
  },
);
