// Tokens of pairs of bytes: from the recipe to text, in the token view, through a link and a file.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { eventually, type Visit, visitEach } from './browser';

let visit: Visit;
visitEach((begun) => (visit = begun));

const small = { n_layer: 1, n_head: 1, n_embd: 16, block_size: 16, batch_size: 2 };
const tokens = { tokenizer: 'bpe', 'tokenizer-size': 400 };
const facts = () => visit.page.locator('.text-facts').innerText();
const written = () => visit.page.locator('.writing .written').first().innerText();
const size = () => visit.page.locator('#setting-tokenizer-size');

it('are learned from the text, and train a model that writes', async () => {
  await visit.setRecipe({ ...small, ...tokens, steps: 300, eval_every: 300 });
  await eventually(facts).toContain('400 different tokens.');
  await visit.button('Train').click();
  await visit.waitForPhase('done');
  expect(await written()).toMatch(/[a-z]{3}/);
  const { page } = visit;
  // Before it learned, it wrote bytes that are no character: they step back.
  const broken = page.locator('.writing').last().locator('.broken');
  expect((await broken.allInnerTexts()).join('')).toMatch(/^\ufffd+/);
  // A token is more than a letter, on the page and in its card.
  const longest = () =>
    page
      .locator('.writing')
      .first()
      .locator('.token')
      .evaluateAll((all) => Math.max(...all.map((each) => each.textContent.length)));
  await eventually(longest).toBeGreaterThan(2);
  await page.locator('.writing .token').nth(5).hover();
  await page.locator('.token-strip.told').waitFor();
  expect(await page.locator('.token-strip .chosen').count()).toBe(1);

  const download = page.waitForEvent('download');
  await visit.button('Save').click();
  const saved = readFileSync(await (await download).path());
  await visit.open();
  await visit.drop('run.safetensors', saved);
  await visit.waitForPhase('done');
  expect(await size().inputValue()).toBe('400');
});

it('are shown as the engine finds them', async () => {
  await visit.setRecipe({ ...tokens, 'tokenizer-size': 300, val_fraction: 0.5 });
  const text = `${'the thin thing, '.repeat(100)}\n${'狐は狐 '.repeat(100)}`;
  await visit.drop('fable.txt', Buffer.from(text));
  await eventually(facts).toMatch(/, as many as the text gives\. 50 % to learn from/);
  await visit.button('See its tokens').click();
  const view = visit.page.getByRole('dialog');
  const shown = () => view.locator('.text-token').allInnerTexts();
  await eventually(async () => (await shown()).slice(0, 6)).toEqual([
    'th', // the first word is there only once
    'e',
    '·thin',
    '·thing',
    ',',
    '·the',
  ]);
  await view.getByLabel('Place in the text').focus();
  await visit.page.keyboard.press('End');
  await view.getByRole('listbox').focus();
  await visit.page.keyboard.press('ArrowLeft');
  expect((await shown()).join('')).toContain('狐は狐');
  await visit.button('Close').click();
});

it('of a number that is none are refused, and a link brings them along', async () => {
  await visit.setRecipe({ ...tokens, 'tokenizer-size': 12 });
  const row = visit.page.locator('.setting-row', { has: size() });
  await eventually(() => row.getByRole('alert').innerText()).toBe(
    'Tokens is “bpe:12”; it must be one of char, byte, bpe:N with N a whole number from 257 up to ' +
      '65536.',
  );
  await visit.open('#1:tokenizer=bpe%3A512');
  await eventually(() => size().inputValue()).toBe('512');
  await eventually(facts).toContain('512 different tokens.');
});
