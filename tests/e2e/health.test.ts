// The health of a run: its numbers are those of its file, of the attention that is looked at beside
// it and of the command line; looking at it, and for a learning rate, costs the run nothing.
import { readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import create from '../../web/src/engine/generated/inspect/inspect.mjs';
import { formatMagnitude } from '../../web/src/state/format';
import { Folder, succeed } from '../engine/cli/run';
import { readSafetensors } from '../engine/cli/safetensors';
import { eventually, type Visit, visitEach } from './browser';

let visit: Visit;
visitEach((begun) => (visit = begun));

const folder = new Folder();
afterAll(() => folder.remove());

const small = { n_layer: 2, n_head: 2, n_embd: 32, block_size: 16, batch_size: 3, eval_every: 10 };
// One token more than a passage has: every passage of every batch is its beginning.
const text = 'Once the fox saw.';

const words = (id: string) => visit.page.getByTestId(id).innerText();
const rows = async (id: string) =>
  (await visit.page.getByTestId(id).locator('tbody tr').allInnerTexts()).map((row) =>
    row.split('\t').map((cell) => cell.trim()),
  );

// Three digits, half of the last off at the most; and a run of class fused is told of in strict
// arithmetic, which rounds otherwise, though never so that three digits show it.
function expectShown(words: string, number: number): void {
  expect(Math.abs(Number(words) / number - 1)).toBeLessThan(0.0051);
}

async function opened(): Promise<void> {
  await visit.button('Look inside').click();
  await visit.page.getByRole('tab', { name: 'Health', exact: true }).click();
  await visit.page.getByTestId('health-step').waitFor();
}

it('norms are those of the file, entropies those of attention, steps the command line’s', async () => {
  await visit.drop('fox.txt', Buffer.from(text));
  await visit.page.locator('.text-facts', { hasText: '17 characters' }).waitFor();
  await visit.setRecipe({ ...small, steps: 30, val_fraction: 0 });
  await visit.button('Train').click();
  await visit.waitForPhase('done');
  const run = folder.write('run', readFileSync((await visit.save()).path));
  await opened();
  expect(await words('health-step')).toBe('31');

  const file = readSafetensors(run);
  const { events } = succeed('health', '--model', run, '--json');
  const told = new Map(events.map((event) => [event.name, event]));
  await visit.button('Layer 2').click();
  const shown = (await rows('norms')).filter(([name]) => name!.startsWith('h.1.'));
  expect(shown).toHaveLength(6);
  for (const [name, ratio, weight, gradient, update] of shown) {
    const numbers = new Float32Array(file[name!]!.bytes.buffer as ArrayBuffer);
    expect(weight).toBe(formatMagnitude(Math.hypot(...numbers)));
    const event = told.get(name!)! as unknown as Record<string, number>;
    expectShown(ratio!, event.ratio!);
    expectShown(gradient!, event.gradient!);
    expectShown(update!, event.update!);
  }

  const inspection = new (await create()).Inspection();
  inspection.open(readFileSync(run));
  inspection.read(text.slice(0, 16));
  const entropies = await rows('entropies');
  for (const [layer, head] of [
    [0, 0],
    [1, 1],
  ] as const) {
    const weights = inspection.attention(layer, head);
    const ofRow = (t: number) =>
      weights
        .subarray(16 * t, 16 * t + t + 1)
        .reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0);
    const mean = (of: (t: number) => number) =>
      Array.from({ length: 15 }, (_, i) => of(i + 1) / 15).reduce((sum, each) => sum + each);
    const [nats, share] = entropies[layer]![1 + head]!.split(/\s+/);
    expect(Number(nats)).toBeCloseTo(mean(ofRow), 3);
    expect(parseInt(share!)).toBe(Math.round(100 * mean((t) => ofRow(t) / Math.log(t + 1))));
  }
  inspection.delete();

  expect((await rows('dead-units')).map((row) => row.slice(0, 3))).toEqual(
    events
      .filter(({ event }) => event === 'mlp')
      .map((m, i) => [`${i + 1}`, String(m.dead), '128']),
  );
});

it('a rate is found and put into the recipe; the run has the same bits, looked at or not', async () => {
  await visit.setRecipe({ ...small, steps: 200 });
  await visit.button('Train').click();
  await visit.waitForPhase('done');
  const fingerprint = await visit.fingerprint();
  await opened();
  const figure = visit.page.getByTestId('norms-figure');
  await visit.button('Train anew').click();
  // It was followed from an earlier step to its end.
  await eventually(() => figure.getAttribute('aria-label')).toMatch(/ step \d+, .* step 201\.$/);
  await visit.waitForPhase('done');
  expect(await visit.fingerprint()).toBe(fingerprint);

  await visit.button('Find a learning rate').click();
  const suggested = () => words('lr-suggested');
  await eventually(suggested).toMatch(/^\d\.\d0e-\d$/);
  const lowest = Number(await words('lr-lowest'));
  // To two digits of it, where three are shown.
  expect(Math.abs(Number(await suggested()) / (lowest / 10) - 1)).toBeLessThan(0.056);
  await visit.button(`Use ${await suggested()} for the next run`).click();
  await visit.button('The next run has it').waitFor();
  const field = visit.page.locator('#setting-lr');
  expect(Number(await field.inputValue())).toBe(Number(await suggested()));
  expect(await visit.fingerprint()).toBe(fingerprint);
});
