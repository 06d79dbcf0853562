import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, launch, Visit } from './browser';

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

const recipe = {
  n_layer: 2,
  n_head: 2,
  n_embd: 24,
  block_size: 16,
  batch_size: 8,
  steps: 8,
  eval_every: 4,
  eval_batches: 1,
};

it('the number of threads is changed in the middle of a run, remembered, and changes no bit', async () => {
  const visit = await Visit.begin(browser, '?threads=3');
  const { page } = visit;
  const fingerprint = page.locator('.fingerprint');
  await visit.setRecipe(recipe);
  await visit.button('Train').click();
  await visit.waitForPhase('done');
  expect(await fingerprint.innerText()).toContain('3 threads');
  const straight = await visit.fingerprint();

  await visit.open();
  await visit.setRecipe(recipe);
  for (let step = 1; step <= 3; step++) {
    await visit.button('Step').click();
    await eventually(() => visit.step()).toBe(step);
  }
  await page.getByLabel('Threads').selectOption('1');
  await fingerprint.getByText('1 thread').waitFor();
  expect(await visit.step()).toBe(3);
  await visit.button('Resume').click();
  await visit.waitForPhase('done');
  expect(await visit.fingerprint()).toBe(straight);
  expect(await fingerprint.innerText()).toMatch(/1 thread$/);

  await visit.open();
  expect(await page.getByLabel('Threads').inputValue()).toBe('1');
  expect(visit.complaints).toEqual([]);
  await visit.end();
});
