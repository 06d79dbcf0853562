import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, launch, Visit } from './browser';
import { realText, unigramEntropy } from './texts';

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

it('a real text is dropped, learned, sampled, saved, opened again after a reload, and goes on', async () => {
  const text = realText();
  const visit = await Visit.begin(browser);
  const { page } = visit;

  await visit.drop('headers.txt', Buffer.from(text));
  await page
    .getByLabel('Text to learn from')
    .getByText('headers.txt')
    .waitFor({ state: 'attached' });
  await page.getByLabel('Preset').selectOption('tiny');

  // The loss falls below what the frequencies of characters alone would give.
  await visit.button('Train').click();
  const entropy = unigramEntropy(text);
  await eventually(async () => Number(await page.getByTestId('val-loss').innerText())).toBeLessThan(
    entropy,
  );

  // A sample is read.
  const sample = page.locator('.writing', { hasText: /^step [1-9]/ }).last();
  await sample.locator('.written:not(.streaming)').waitFor();
  const written = await sample.locator('.written').innerText();
  expect(written.length).toBeGreaterThan(100);
  expect([...written].every((character) => text.includes(character))).toBe(true);

  await visit.button('Pause').click();
  await visit.waitForPhase('paused');
  const [step, fingerprint] = [await visit.step(), await visit.fingerprint()];
  await visit.button('As a table').click();
  const evaluations = await page.locator('.loss-table tbody').innerText();
  const saved = await visit.save();
  expect(saved.name).toBe(`headers-step-${step}.safetensors`);
  const file = readFileSync(saved.path);

  // The same page, new: the run comes back as it was.
  await visit.open();
  await visit.drop('again.safetensors', file);
  await visit.waitForPhase('paused');
  expect(await visit.step()).toBe(step);
  expect(await visit.fingerprint()).toBe(fingerprint);
  await visit.button('As a table').click();
  expect(await page.locator('.loss-table tbody').innerText()).toBe(evaluations);
  expect(await page.locator('.text-preview').innerText()).toContain(text.slice(0, 40).trim());
  expect(await page.getByLabel('Preset').inputValue()).toBe('tiny');

  // And goes on.
  await visit.button('Resume').click();
  await eventually(() => visit.step()).toBeGreaterThan(step);
  await visit.button('Pause').click();
  await visit.waitForPhase('paused');
  expect(await visit.fingerprint()).not.toBe(fingerprint);
  expect(visit.complaints).toEqual([]);
  await visit.end();
});

it('the reader writes with the model, while it trains', async () => {
  const visit = await Visit.begin(browser);
  const { page } = visit;
  await visit.setRecipe({ steps: 100_000, n_layer: 1, n_embd: 16, n_head: 1, eval_every: 50_000 });
  await visit.button('Train').click();
  await eventually(() => visit.step()).toBeGreaterThan(0);
  await page.getByLabel('Prompt').fill('Once there');
  await visit.button('Generate').click();
  const mine = page.locator('.writing', { hasText: 'from your prompt' });
  await mine.locator('.written:not(.streaming)').waitFor();
  expect(await mine.locator('.written').innerText()).toMatch(/^Once there/);
  const before = await visit.step();
  await eventually(() => visit.step()).toBeGreaterThan(before);
  expect(visit.complaints).toEqual([]);
  await visit.end();
});

it('undo brings a run back that was put away', async () => {
  const visit = await Visit.begin(browser);
  await visit.button('Step').click();
  await visit.waitForPhase('paused');
  const fingerprint = await visit.fingerprint();
  await visit.button('Reset').click();
  await visit.waitForPhase('ready');
  await visit.button('Undo').click();
  await visit.waitForPhase('paused');
  expect(await visit.fingerprint()).toBe(fingerprint);
  await visit.end();
});
