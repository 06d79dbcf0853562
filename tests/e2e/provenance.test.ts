// A number of the model, selected: it is the engine's, made of what it says, and moves the loss as its
// gradient says.
import { readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import create from '../../web/src/engine/generated/anatomy/anatomy.mjs';
import { plain } from '../../web/src/ui/look-inside/plain';
import { Folder } from '../engine/cli/run';
import { eventually, type Visit, visitEach } from './browser';

let visit: Visit;
visitEach((begun) => (visit = begun));
const folder = new Folder();
afterAll(() => folder.remove());

const small = { n_layer: 2, n_head: 2, n_embd: 32, block_size: 16, eval_every: 20, steps: 60 };
const passage = 'Once the fox saw'; // 16 tokens
const words = (id: string) => visit.page.getByTestId(id).innerText();
const readable = (text: string) => Number(text.replaceAll('−', '-'));

async function dissected(): Promise<string> {
  await visit.setRecipe(small);
  await visit.button('Train').click();
  await visit.waitForPhase('done');
  const run = folder.write('run', readFileSync((await visit.save()).path));
  await visit.button('Look inside').click();
  await visit.page.getByRole('textbox', { name: 'Text to look at' }).fill(passage);
  await visit.page.locator('.inside-text-facts', { hasText: '16 tokens' }).waitFor();
  await visit.page.getByRole('tab', { name: 'Anatomy', exact: true }).click();
  await visit.page.getByTestId('numbers-grid').waitFor();
  return run;
}

it('is the engine’s, the sum of what it is made of, and moves the loss as it says', async () => {
  const run = await dissected();
  const { Anatomy } = await create();
  const anatomy = new Anatomy();
  anatomy.open(readFileSync(run));
  anatomy.read(passage);
  const names = Array.from({ length: anatomy.dissect() }, (_, i) => anatomy.anatomy(i).name);
  const at = names.indexOf('h.0.attn.qkv');

  const places = visit.page.getByTestId('anatomy').locator('button');
  await places.filter({ hasText: 'h.0.attn.qkv' }).click();
  await visit.page.getByRole('grid', { name: 'Numbers of h.0.attn.qkv' }).waitFor();
  // By the keyboard: three down, and over the edge of the window.
  const grid = visit.page.getByTestId('numbers-grid');
  await grid.locator('[tabindex="0"]').focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'PageDown', 'ArrowRight'])
    await visit.page.keyboard.press(key);
  const expected = anatomy.origin(at, 3 * 96 + 9);
  await eventually(() => words('number-value')).toBe(plain(expected.value, 5));
  expect(await words('number')).toContain('h.0.attn.qkv[3, 9]');
  const focused = grid.locator('td:focus');
  await eventually(() => focused.innerText()).toBe(plain(expected.value));
  expect(await focused.getAttribute('aria-selected')).toBe('true');
  expect(await words('window-columns')).toMatch(/8 to 15 of 96/);

  // Terms and the rest come to the sum, each rounded to five digits.
  const cells = visit.page.getByTestId('number-sum').locator('td:last-child');
  const terms = (await cells.allInnerTexts()).map(readable);
  const total = terms.pop()!;
  expect(terms.reduce((sum, term) => sum + term)).toBeCloseTo(total, 3);
  expect(plain(expected.value, 5)).toBe(await cells.last().innerText());

  const promised = readable(await words('number-promised'));
  expect(promised).toBe(readable(plain(Math.abs(0.01 * expected.gradient))));
  const tried = Math.abs(anatomy.lossWith(at, 3 * 96 + 9, 0.01) - expected.loss);
  expect(await words('number-tried')).toBe(plain(tried));
  expect(promised / tried).toBeCloseTo(1, 1);

  // Where it came from, and where that did.
  const from = visit.page.getByTestId('number').getByRole('button', { name: /^h\.0\.ln_1\[3, / });
  const name = await from.first().innerText();
  await from.first().click();
  await eventually(() => words('number')).toContain(name);
  expect(await words('number-formula')).toMatch(/^\(.+ − .+\) × .+ × .+ = /);
  anatomy.delete();
});
