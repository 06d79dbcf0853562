// What looks inside the model: its numbers are those of the command line and of the module that the
// engine's tests compare with the reference; it costs a run nothing.
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { Subject } from '../../web/src/engine/generated/inspect/inspect.mjs';
import { modules } from '../../web/src/inspect/modules';
import { formatBytes } from '../../web/src/state/format';
import { Folder, succeed } from '../engine/cli/run';
import { eventually, type Visit, visitEach } from './browser';
import * as side from './inside';

const { small, passage } = side;

let visit: Visit;
visitEach((begun) => (visit = begun));

const folder = new Folder();
afterAll(() => folder.remove());

const trainedBatch = ['--batch-size', '12'];

const field = () => side.field(visit);
const tab = (name: string) => side.tab(visit, name);
const words = (id: string) => visit.page.getByTestId(id).innerText();
const trained = (steps?: number) => side.trained(visit, folder, steps);
const opened = (text?: string) => side.opened(visit, text);

function opening<T extends Subject>(inside: T, run: string): T {
  expect(inside.open(readFileSync(run)).error.message).toBe('');
  return inside;
}
const inspection = async (run: string) => opening(new (await modules.inspect()).Inspection(), run);

function lossOf(run: string, text: string): number {
  const args = ['--model', run, '--text', folder.write('passage', text), '--json'];
  return succeed('eval', ...args).events[0]!.loss as number;
}

it('attention: each row comes to one, and is the model’s', async () => {
  const run = await trained();
  await opened();
  const inside = await inspection(run);
  inside.read(passage);
  for (const [layer, head, token] of [
    [1, 0, 15],
    [0, 1, 7],
  ] as const) {
    await visit.button(`Layer ${layer + 1}, head ${head + 1}`).click();
    await visit.page.locator(`#inside-token-${token}`).hover();
    const row = Array.from(inside.attention(layer, head)).slice(token * 16, token * 16 + token + 1);
    await visit.page.getByText(`The ${token + 1} weights of this row`).waitFor();
    expect(Number(await words('row-sum'))).toBeCloseTo(1, 5);
    const shown = (await visit.page.getByTestId('attended').locator('li').allInnerTexts()).map(
      (words) => Number(/(\d\.\d{3})/.exec(words)![1]),
    );
    const largest = row.sort((a, b) => b - a).slice(0, 6);
    expect(shown).toEqual(largest.map((weight) => Number(weight.toFixed(3))));
  }
  // The map is drawn from the same numbers: the first row is all on itself, the future is empty.
  const pixels = await visit.page
    .locator('.inside-large-map')
    .evaluate((canvas: HTMLCanvasElement) =>
      Array.from(canvas.getContext('2d')!.getImageData(0, 0, 3, 1).data).filter(
        (_, i) => i % 4 === 3,
      ),
    );
  expect(pixels).toEqual([255, 0, 0]);
  // By keys, as by pointing.
  await visit.page.getByRole('listbox', { name: /^Tokens by how much/ }).focus();
  await visit.page.keyboard.press('Home');
  await visit.page.getByText('The one weight comes to').waitFor();
  inside.delete();
});

it('what it expects next: the last layer is the model, and its loss the command line’s', async () => {
  const run = await trained(300);
  await opened();
  await tab('What it expects next').click();
  expect(Number(await words('passage-loss'))).toBeCloseTo(lossOf(run, passage), 3);

  await visit.page.locator('#inside-token-15').hover();
  await visit.page.getByText('token 16, the last one.').waitFor();
  const args = [
    '--model',
    run,
    '--prompt',
    passage,
    '--tokens',
    '60',
    '--temperature',
    '0',
    '--json',
  ];
  const written = succeed('sample', ...args).events[0]!.text as string;
  expect(await words('goes-on-whole')).toBe(written);
  const guess = visit.page
    .getByTestId('stages')
    .locator('tbody tr')
    .first()
    .locator('.inside-guess');
  const seen = written[0]!.replace(' ', '␣').replace('\n', '↵');
  expect(await guess.first().innerText()).toBe(seen);
  const top = visit.page.getByTestId('lens').locator('tbody tr').first().locator('td');
  expect(await top.last().innerText()).toBe(seen);
});

it('a part that is switched off is missing from loss and text, and comes back', async () => {
  const run = await trained(300);
  await opened();
  await tab('What it expects next').click();
  const inside = await inspection(run);
  inside.read(passage);
  const { loss } = inside.setPart(0, -1, false);
  const whole = lossOf(run, passage);
  const button = visit.page.getByRole('button', { name: /^Layer 1, MLP/ });
  await eventually(() => button.innerText()).toMatch(/[+-]?\d\.\d{3}/);
  expect(Number(/[+-]?\d+\.\d{3}/.exec(await button.innerText())![0])).toBeCloseTo(loss - whole, 2);
  await button.click();
  await eventually(() => words('off-loss')).toBe(loss.toFixed(3));
  await eventually(() => words('goes-on')).toBe(String(inside.continuation(60)));
  expect(await words('goes-on-whole')).not.toBe(await words('goes-on'));
  await visit.button('All on').click();
  await visit.page.getByText('Everything is on.').waitFor();
  expect(Number(await words('passage-loss'))).toBeCloseTo(whole, 3);
  inside.delete();
});

describe('a run', () => {
  it('has the same bits, looked into or not, and nothing is loaded before', async () => {
    const loaded: string[] = [];
    visit.page.on('request', (request) => loaded.push(request.url()));
    await visit.setRecipe({ ...small, steps: 200 });
    await visit.button('Train').click();
    await visit.waitForPhase('done');
    const fingerprint = await visit.fingerprint();
    const ours = () => loaded.filter((url) => /inspect|Panel/.test(url));
    expect(ours()).toEqual([]);
    const workers = visit.page.workers().length;

    await visit.button('Look inside').click();
    await visit.button('Train anew').click();
    await eventually(() => words('inside-step')).toBe('200');
    await visit.waitForPhase('done');
    expect(await visit.fingerprint()).toBe(fingerprint);
    expect(ours().some((url) => url.endsWith('.wasm'))).toBe(true);

    // Attention was kept at some of its evaluations, and can be gone back to.
    const slider = visit.page.getByRole('slider', { name: 'at step' });
    await slider.fill('0');
    expect(Number(await words('map-step'))).toBeLessThan(200);
    expect(Number(await words('row-sum'))).toBeCloseTo(1, 5);
    // The newest may still be on its way.
    await eventually(async () => {
      await slider.press('End');
      return words('map-step');
    }).toBe('200');

    await visit.button('Close inside').click();
    await eventually(() => visit.page.workers().length).toBe(workers);
  });
});

describe('gradients, proven', () => {
  const verdict = () => words('verdict');
  const slopes = async () => (await words('slopes')).split('\n').map((line) => line.split('\t'));

  it('pass on these weights, and finite differences make a V', async () => {
    await trained();
    await opened();
    await tab('Gradients, proven').click();
    await eventually(verdict).toMatch(/^All \d+ tensors pass, on the first 15 tokens/);
    const rows = visit.page.getByTestId('tensors').locator('tbody tr');
    expect(await rows.count()).toBe(2 + 2 * 6 + 1);
    for (const row of await rows.allInnerTexts()) {
      const [, , off, may, word] = row.split('\t');
      expect([Number(off) <= Number(may), Number(may) < 1e-3, word]).toEqual([true, true, 'pass']);
    }
    // The engine's, the reference's and the finite difference's slope are one number.
    await visit.page.locator('[data-testid="v-curve"] circle').nth(49).waitFor();
    const at = async (epsilon: number) => {
      await visit.page.getByRole('slider', { name: 'ε' }).fill(`${epsilon}`);
      const [engine, reference, double, float] = await slopes();
      expect(Number(engine![1])).toBeCloseTo(Number(reference![1]), 5);
      return [double, float].map((row) => Number(row![2]!.replace('off by ', '')));
    };
    const [double, float] = await at(16); // 1e-4
    expect(double).toBeLessThan(1e-7);
    expect((await at(0))[0]).toBeGreaterThan(double!); // 1e-12
    expect((await at(24))[0]).toBeGreaterThan(double!); // 1
    expect(float).toBeGreaterThan(double!);
  });

  it('a mistake is caught, and costs a training', async () => {
    await trained();
    await opened();
    await tab('Gradients, proven').click();
    await eventually(verdict).toMatch(/^All/);
    await visit.page.getByLabel('forget the residual stream').check();
    await eventually(verdict).toMatch(/^\d+ of 15 tensors fail: the mistake is caught/);
    const row = visit.page.getByTestId('tensors').locator('tr', { hasText: 'wte.weight' });
    expect(await row.innerText()).toContain('fails');
    await visit.page.getByLabel('drop a term of softmax’s Jacobian').check();
    await eventually(verdict).toMatch(/fail/);
    await visit.page.getByLabel('forget the residual stream').check();
    await visit.page.getByRole('button', { name: /^Train 80 steps with it/ }).click();
    await visit.page.getByText('after 80 steps').waitFor();
    expect(Number(await words('faulty-loss'))).toBeGreaterThan(Number(await words('right-loss')));
    await visit.page.getByLabel('none: the engine as it trains').check();
    await eventually(verdict).toMatch(/^All/);
  });
});

it('memory and time: the timeline is the command line’s, and a profile names where time goes', async () => {
  // So many different characters as the command line assumes.
  const characters = Array.from({ length: 65 }, (_, i) => String.fromCharCode(33 + i)).join('');
  await visit.drop('sixty-five.txt', Buffer.from(characters.repeat(40)));
  await visit.page.locator('.text-facts', { hasText: '65 different' }).waitFor();
  const run = await trained();
  await visit.button('Look inside').click();
  await tab('Memory and time').click();
  await visit.page.getByTestId('reserved').waitFor();
  const standing = await visit.page.locator('.fingerprint').innerText();
  const threads = Number(/(\d+) thread/.exec(standing)![1]);
  const flags = Object.entries({ ...small, threads });
  const recipe = flags.flatMap(([name, value]) => [`--${name.replaceAll('_', '-')}`, `${value}`]);
  const { events } = succeed('memory', '--timeline', '--json', ...trainedBatch, ...recipe);
  const told = (event: string) => events.filter((each) => each.event === event);
  const moments = told('moment') as unknown as { op: string; what: string }[];
  // The plan is the command line's, but for blocks that are packed for another processor.
  const inside = await inspection(run);
  const timeline = inside.timeline(threads);
  const planned = told('buffer').map(({ name, bytes }) => [name, bytes]);
  const known = timeline.names.map((name, i) => [name, timeline.bytes[i]]);
  const same = ([name]: unknown[]) => name !== 'op_scratch' && name !== 'decoder';
  expect(known.filter(same)).toEqual(planned.filter(same));
  expect(timeline.ops).toEqual(moments.map(({ op }) => op));
  expect(timeline.whats).toEqual(moments.map(({ what }) => what));
  expect(Math.max(...timeline.alive)).toBe(timeline.peak);
  expect(timeline.peak).toBeLessThanOrEqual(timeline.reserved);
  inside.delete();

  expect(await visit.page.getByRole('slider', { name: 'op' }).getAttribute('max')).toBe(
    `${moments.length - 1}`,
  );
  expect(await words('reserved')).toBe(formatBytes(timeline.reserved));
  expect(await words('peak')).toBe(formatBytes(timeline.peak));
  expect(await words('tape')).toBe(formatBytes(told('done')[0]!.tape as number));
  expect(await words('moment')).toContain(`${await words('peak')} alive`);
  await visit.page.getByRole('slider', { name: 'op' }).fill('0');
  expect(await words('moment')).toContain('embedding_forward of wte');

  await visit.button('Profile a step').click();
  await visit.page.getByTestId('step-ms').waitFor();
  const rows = await visit.page.getByTestId('ops').locator('tbody tr').allInnerTexts();
  const shares = rows.map((row) => Number(/(\d+) %/.exec(row)![1]));
  expect(shares).toEqual([...shares].sort((a, b) => b - a));
  expect(Math.abs(shares.reduce((sum, share) => sum + share) - 100)).toBeLessThan(rows.length);
  const names = new Set(rows.map((row) => row.split('\t')[0]));
  for (const { op } of moments) if (op !== 'rotary_table') expect(names).toContain(op);
});

it('anatomy: every tensor has its place, its numbers and its formulas', async () => {
  const run = await trained();
  await opened();
  await tab('Anatomy').click();
  const places = visit.page.getByTestId('anatomy').locator('button');
  await places.first().waitFor();
  const inside = opening(new (await modules.anatomy()).Anatomy(), run);
  inside.read(passage);
  const all = Array.from({ length: inside.dissect() }, (_, i) => inside.anatomy(i));
  const inBlock = all.filter(({ name }) => !/^(h\.1\.|probabilities)/.test(name as string));
  expect(await places.count()).toBe(inBlock.length);
  await visit.page.getByLabel('block').selectOption('1');
  const weights = all.find(({ name }) => name === 'h.1.attn.att')!;
  await places.filter({ hasText: 'h.1.attn.att' }).click();
  // Two heads of 15 positions: each row comes to one, so the mean of a row is a fifteenth.
  expect(weights.value.mean).toBeCloseTo(1 / 15, 12);
  const numbers = await words('statistics-value');
  expect(numbers).toContain(weights.value.mean.toExponential(2));
  expect(numbers).toContain(weights.value.deviation.toExponential(2));
  expect(await words('statistics-gradient')).toContain(weights.gradient.deviation.toExponential(2));
  expect(await words('fate')).toContain('is made again: a block of queries at a time');
  const derivation = visit.page.getByRole('group', { name: 'Derivation' });
  expect(await derivation.innerText()).toContain('Attention, forward and backward');
  expect(await derivation.locator('math[display="block"] mtr').count()).toBe(6 + 3 + 3);
  // Backward goes through all places, from the loss to the embedding, each in sight.
  await visit.button('Whole page').click();
  await visit.button('Backward').click();
  const isInSight = () =>
    places.last().evaluate((place) => {
      const { bottom } = place.closest('.inside-places')!.getBoundingClientRect();
      return place.getBoundingClientRect().bottom <= bottom;
    });
  await eventually(isInSight).toBe(true);
  await visit.page
    .locator('.inside-place[aria-pressed="true"]', { hasText: 'Embedding' })
    .waitFor();
  inside.delete();
});

it('what cannot be read is told of', async () => {
  await trained();
  await opened();
  await field().fill('Ω');
  await visit.page.locator('.inside-text-facts .trouble', { hasText: '"Ω"' }).waitFor();
});
