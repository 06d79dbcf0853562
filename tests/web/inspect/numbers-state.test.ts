// A selected number, of a run that the command line trained, by the module that the page loads.
import { readFileSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { Answerer } from '../../../web/src/inspect/answer';
import { InspectState } from '../../../web/src/inspect/inspect-state';
import type { InspectPort } from '../../../web/src/inspect/in-worker';
import type { Origin } from '../../../web/src/inspect/messages';
import { RAISED_BY, SHOWN_COLUMNS } from '../../../web/src/inspect/numbers-state';
import { RunState } from '../../../web/src/state/run-state';
import { WritingState } from '../../../web/src/state/writing-state';
import { Folder } from '../../engine/cli/run';
import { small, text, trainRun } from '../../engine/cli/small';

const shape = { ...small, n_layer: 2, n_head: 3, n_embd: 33 };
const folder = new Folder();
afterAll(() => folder.remove());
const run = trainRun(folder, 'run', shape);

let state: InspectState;
beforeEach(async () => {
  const answerer = new Answerer();
  const port = { ask: (question: never) => answerer.answer(question), end() {} };
  const ask = () =>
    Promise.resolve({ type: 'saved', requestId: 0, bytes: new Uint8Array(readFileSync(run)) });
  state = new InspectState(
    { ask: ask as never },
    new RunState(),
    new WritingState(),
    port as unknown as InspectPort,
  );
  state.text.value = text.slice(0, 9);
  await state.take();
  await state.show('anatomy');
});

const sum = ({ products, othersSum }: Origin) =>
  products.reduce((sum, { number, factor }) => sum + number.value * factor.value, othersSum);

describe('a number that is selected', () => {
  it('is the sum that it says, and one of the window', async () => {
    const { numbers } = state;
    state.place.value = 'h.1.attn.qkv';
    await numbers.choose(5, 40);
    const origin = numbers.origin.value!;
    const window = numbers.window.value!;
    expect([window.rows, window.columns, window.row, window.column]).toEqual([8, 99, 0, 40]);
    expect(window.values).toHaveLength(8 * SHOWN_COLUMNS);
    expect(window.values[5 * SHOWN_COLUMNS]).toBe(Math.fround(origin.value));
    expect(window.gradients[5 * SHOWN_COLUMNS]).toBe(Math.fround(origin.gradient));
    expect(sum(origin)).toBeCloseTo(origin.value, 12);
    expect(origin.products).toHaveLength(6);
    // The loss moves as the gradient says, but for how the slope itself changes on the way.
    const { loss, lossWith, gradient } = origin;
    expect((lossWith - loss) / RAISED_BY / gradient).toBeCloseTo(1, 1);
  });

  it('leads to the numbers that it came from', async () => {
    const { numbers } = state;
    state.place.value = 'h.1.attn.qkv';
    await numbers.choose(5, 40);
    const largest = numbers.origin.value!.products.find(({ factor }) => factor.name !== '')!;
    await numbers.follow(largest.number.name);
    expect(state.place.value).toBe('h.1.ln_1');
    expect(numbers.origin.value!.value).toBe(largest.number.value);
    // A weight is no tensor of the pass.
    expect(numbers.find(largest.factor.name)).toBeNull();
    const before = numbers.origin.value;
    await numbers.follow(largest.factor.name);
    expect(numbers.origin.value).toBe(before);
  });

  it('of attention is one of its head: a share of e to its score', async () => {
    const { numbers } = state;
    state.place.value = 'h.0.attn.att';
    await numbers.choose(4, 2, 1);
    const { value, inputs, formula } = numbers.origin.value!;
    const [dot, scale, largest, total] = inputs.map(({ value }) => value);
    expect(formula).toBe('e^({0} × {1} − {2}) / {3}');
    expect(Math.exp(dot! * scale! - largest!) / total!).toBeCloseTo(value, 12);
    expect(sum(numbers.origin.value!)).toBeCloseTo(dot!, 12);
    expect(numbers.window.value!.row).toBe(8); // the second head's first row
    await numbers.follow('h.0.attn.att[2, 7, 3]');
    expect([numbers.matrix.value, numbers.row.value, numbers.column.value]).toEqual([2, 7, 3]);
  });

  it('stays within a tensor that is smaller', async () => {
    const { numbers } = state;
    state.place.value = 'logits';
    await numbers.choose(7, 98765);
    const { columns } = numbers.shape.value;
    expect(numbers.column.value).toBe(columns - 1);
    state.place.value = 'losses';
    await numbers.show();
    expect([numbers.row.value, numbers.column.value]).toEqual([0, 7]);
    expect(numbers.origin.value!.gradient).toBeNaN();
    expect(numbers.window.value!.gradients).toHaveLength(0);
  });
});
