import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
let folder: string;
let native: string;

beforeAll(async () => {
  const cli = process.env.CLEARFORMER_CLI;
  if (!cli) throw new Error('CLEARFORMER_CLI must name the native command line');
  folder = mkdtempSync(join(tmpdir(), 'clearformer-'));
  writeFileSync(join(folder, 'text.txt'), text);
  writeFileSync(join(folder, 'recipe.json'), JSON.stringify(recipe));
  const out = execFileSync(
    cli,
    [
      'train',
      ...['--text', join(folder, 'text.txt'), '--recipe', join(folder, 'recipe.json')],
      ...['--out', join(folder, 'run.safetensors'), '--class', 'strict', '--json'],
    ],
    { encoding: 'utf8' },
  );
  const done = JSON.parse(out.trim().split('\n').at(-1) ?? '') as { fingerprint: string };
  native = done.fingerprint;
  expect(native).toMatch(/^[0-9a-f]{16}$/);
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
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
