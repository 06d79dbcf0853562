import { expect, it } from 'vitest';
import { presets } from '../../web/src/recipe/presets';
import { eventually, type Visit, visitEach } from './browser';

let visit: Visit;
visitEach((begun) => (visit = begun));

const panel = (name: string) => visit.page.getByRole('region', { name, exact: true });
const weight = () => panel('Model').locator('.estimate').innerText();
const duration = () => panel('Training').locator('.estimate').innerText();
const options = () => visit.page.getByLabel('Preset').locator('option').allInnerTexts();

it('before Train: parameters, memory, the time of a step and of the run, for every preset', async () => {
  await eventually(duration).toMatch(/^[\d.]+ ms a step, about \d+ (s|min) in all$/);
  await eventually(async () => (await options()).every((it) => /, ~\d/.test(it))).toBe(true);
  expect((await options()).map((it) => /^[^,(]+(?<! )/.exec(it)![0])).toEqual(
    presets.map(({ label }) => label),
  );
  await visit.waitForPhase('ready');

  let [shown, last] = [await weight(), 0];
  for (const { key } of presets) {
    await visit.page.getByLabel('Preset').selectOption(key);
    await eventually(weight).not.toBe(shown);
    shown = await weight();
    // The small ones of another architecture have as many, or nearly.
    if (key !== 'gpt2' && key !== 'llama') expect(parameters(shown)).toBeGreaterThan(last);
    last = Math.max(last, parameters(shown));
    expect(shown).toMatch(/parameters, [\d.]+ [MG]B of memory$/);
    await eventually(duration).toMatch(/about [\d.]+ (s|min|h|d) in all$/);
  }
  await visit.setRecipe({ n_layer: 12 });
  await eventually(async () => parameters(await weight())).toBeGreaterThan(last);
});

it('the estimate is that of the run once its first steps are taken', async () => {
  await eventually(duration).toMatch(/^[\d.]+ ms a step/);
  await visit.setRecipe({ steps: 100_000, eval_every: 50_000 });
  await visit.button('Train').click();
  await eventually(() => visit.step()).toBeGreaterThan(40);
  const tokens = async () =>
    Number(
      (
        await visit.page.locator('.readout', { hasText: 'tokens/s' }).locator('dd').innerText()
      ).replaceAll(',', ''),
    );
  // 12 passages of 64 tokens a step: both figures say how long one takes, give or take rounding.
  await eventually(async () => {
    const ms = Number(/^([\d.]+) ms/.exec(await duration())?.[1]);
    return Math.abs(ms / ((1000 * 12 * 64) / (await tokens())) - 1) < 0.15;
  }).toBe(true);
});

it.each([
  [{ n_head: 7 }, 'n_embd', 'Width is 96, which Heads 7 does not divide; use 91 or 98.'],
  [{ n_kv_head: 3 }, 'n_kv_head', 'Key heads is 3, which does not divide Heads 4; use 0 or 2.'],
  [
    { n_head: 32, position: 'rotary' },
    'n_embd',
    'Width is 96, which Heads 32 divides into heads of odd size, and rotary positions turn pairs; use 64 or 128.',
  ],
  [
    { lr: '0.0001' },
    'min_lr',
    'Final rate is 0.0002, above Learning rate 0.0001; use 0.0001 or less.',
  ],
])(
  'what does not fit together is explained beside the control: %j',
  async (change, name, words) => {
    await visit.setRecipe(change);
    const told = visit.page.locator(`#setting-${name}-error`);
    await eventually(() => told.innerText()).toBe(words);
    // The button is alive: it leads there, and starts nothing.
    await visit.button('Train').click();
    const control = visit.page.locator(`#setting-${name}`);
    await eventually(() => control.evaluate((it) => it === document.activeElement)).toBe(true);
    await visit.waitForPhase('ready');
  },
);

it('a recipe too large for the memory says by how much, and what to lower', async () => {
  await visit.setRecipe({ n_layer: 48, n_embd: 4096, n_head: 64 });
  const told = panel('Model').getByText(/^This run needs [\d,]+ MB of memory; .* Lower Batch, /);
  await told.waitFor();
  expect(await weight()).toMatch(/[\d.]+ GB of memory$/);
});

const scales: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9 };

function parameters(words: string): number {
  const [, digits, unit = ''] = /^([\d.]+) ?([kMG]?)/.exec(words) ?? [];
  return Number(digits ?? NaN) * (scales[unit] ?? NaN);
}
