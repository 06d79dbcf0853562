// What the panel shows, of a run that the command line trained, by the module that the page loads.
import { readFileSync } from 'node:fs';
import { signal } from '@preact/signals';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Answerer } from '../../../web/src/inspect/answer';
import { EPSILONS, errorOf, TRAINED_STEPS } from '../../../web/src/inspect/gradients-state';
import { InspectState } from '../../../web/src/inspect/inspect-state';
import type { InspectPort } from '../../../web/src/inspect/in-worker';
import { MLP, type InspectQuestion } from '../../../web/src/inspect/messages';
import { RunState } from '../../../web/src/state/run-state';
import { WritingState } from '../../../web/src/state/writing-state';
import { Folder, succeed } from '../../engine/cli/run';
import { small, text, trainRun } from '../../engine/cli/small';
import { until } from '../doubles/until';

const shape = { ...small, n_layer: 2, n_head: 3, n_embd: 33 };
const passage = text.slice(0, 17);

const folder = new Folder();
let run: string;
beforeAll(() => void (run = trainRun(folder, 'run', shape)));
afterAll(() => folder.remove());

class Port implements InspectPort {
  readonly asked: InspectQuestion[] = [];
  private readonly answerer = new Answerer();

  ask: InspectPort['ask'] = (question) => {
    this.asked.push(question);
    return this.answerer.answer(question) as never;
  };
  end() {}
}

let port: Port;
let state: InspectState;
let saves = 0;
const runState = new RunState();
beforeEach(async () => {
  port = new Port();
  saves = 0;
  const ask = () => {
    saves++;
    return Promise.resolve({
      type: 'saved',
      requestId: 0,
      bytes: new Uint8Array(readFileSync(run)),
      step: 1,
    });
  };
  state = new InspectState({ ask: ask as never }, runState, new WritingState(), port);
  state.text.value = passage;
  await state.take();
});

// A text's loss by the command line, of a model some of whose numbers are other ones.
function evaluated(of: string, model = run): number {
  const { events } = succeed(
    'eval',
    '--model',
    model,
    '--text',
    folder.write('passage', of),
    '--json',
  );
  return events[0]!.loss as number;
}

it('tells of a side that could not be loaded, until it can be', async () => {
  const ask = port.ask;
  const error = { code: 'load', where: '', message: 'no connection' };
  port.ask = (question) =>
    (question.type === 'dissect'
      ? Promise.resolve({ type: 'refused', error })
      : ask(question)) as never;
  await state.show('anatomy');
  expect(state.problem.value).toBe('no connection');
  port.ask = ask;
  await state.show('anatomy');
  expect(state.problem.value).toBeNull();
  expect(state.anatomy.value!.length).toBeGreaterThan(0);
});

describe('a model that is looked into', () => {
  it('is the run’s', () => {
    const { layers, heads, mostTogether, pieces, step } = state.model.value!;
    expect([layers, heads, mostTogether]).toEqual([2, 3, shape.block_size]);
    const { events } = succeed('info', '--model', run, '--json');
    expect(step).toBe(events[0]!.step);
    expect(state.pieces.value.join('')).toBe(passage.slice(0, shape.block_size));
    expect(pieces).toHaveLength(new Set(text).size);
  });

  it('has the command line’s loss', () => {
    expect(state.passage.value!.length).toBe(16);
    expect(state.passage.value!.loss).toBeCloseTo(evaluated(passage), 6);
    const surprises = Array.from(state.passage.value!.surprises);
    expect(surprises[0]).toBeNaN();
    const mean = surprises.slice(1).reduce((sum, each) => sum + each) / 16;
    expect(mean).toBeCloseTo(state.passage.value!.loss, 6);
  });

  it('shows where each head looks: rows that come to one, and nothing of the future', () => {
    expect(state.attention.maps.value).toHaveLength(6);
    for (const map of state.attention.maps.value) {
      for (let t = 0; t < 16; t++) {
        const row = Array.from(map.subarray(t * 16, t * 16 + 16));
        expect(row.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 6);
        expect(row.slice(t + 1).every((weight) => weight === 0)).toBe(true);
      }
    }
    const mean = state.attention.mapOf({ layer: 1, head: 'mean' })!;
    const [a, b, c] = state.attention.maps.value.slice(3);
    expect(mean[35]).toBeCloseTo((a![35]! + b![35]! + c![35]!) / 3, 7);
  });

  it('goes on as the command line does, and expects what it writes', async () => {
    await state.read(passage.slice(0, 9));
    await state.show('expects');
    const { events } = succeed(
      ...['sample', '--model', run, '--prompt', passage.slice(0, 9), '--tokens', '60'],
      ...['--temperature', '0', '--json'],
    );
    const written = events[0]!.text as string;
    expect(state.whole.value!.goesOn).toBe(written);
    expect(state.expects.goesOn.value).toBe(written);
    state.choose(8);
    await until(() => state.expects.expectations.value?.position === 8);
    const { ids, perStage, next } = state.expects.expectations.value!;
    const last = ids[2 * perStage]!;
    expect(state.model.value!.pieces[last]).toBe(written[0]);
    expect(next[2]).toBeNaN();
    const lens = state.expects.lens.value!;
    expect(lens.ids[2 * 9 + 8]).toBe(last);
  });
});

describe('a part that is switched off', () => {
  it('costs what it is said to be worth, and is on again', async () => {
    await state.show('expects');
    const whole = state.passage.value!.loss;
    const worth = state.expects.worth.value!;
    expect(worth).toHaveLength(2 * 4);
    for (const [index, part] of [
      [1, { layer: 0, head: 1 }],
      [7, { layer: 1, head: MLP }],
    ] as const) {
      await state.toggle(part);
      expect(state.isOn(part)).toBe(false);
      expect(state.passage.value!.loss - whole).toBeCloseTo(worth[index]!, 6);
      expect(state.whole.value!.loss).toBe(whole);
      await state.toggle(part);
      expect(state.passage.value!.loss).toBe(whole);
    }
  });

  it('stays off in another text, which the whole model sees as well', async () => {
    await state.show('expects');
    const part = { layer: 0, head: MLP };
    await state.toggle(part);
    const other = text.slice(20, 37);
    await state.read(other);
    expect(state.isOn(part)).toBe(false);
    expect(state.whole.value!.loss).toBeCloseTo(evaluated(other), 6);
    const without = state.passage.value!.loss;
    expect(without).not.toBeCloseTo(state.whole.value!.loss, 6);
    await state.allOn();
    expect(state.passage.value!.loss).toBe(state.whole.value!.loss);
    expect(state.off.value).toEqual([]);
  });
});

describe('gradients, proven', () => {
  it('pass, and a mistake among them does not', async () => {
    await state.show('gradients');
    const { gradients } = state;
    expect(gradients.samplesLeft.value).toBe(0);
    expect(gradients.tokens.value).toBe(16);
    expect(gradients.tensors.value).toHaveLength(2 + 2 * 6 + 1);
    expect(gradients.failed.value).toBe(0);
    expect(gradients.slopes.value).toHaveLength(EPSILONS.length);
    await gradients.setFault('residual');
    expect(gradients.failed.value).toBeGreaterThan(5);
    // The finite differences do not meet the engine's gradient at any epsilon any more.
    const best = Math.min(...gradients.slopes.value.map((s) => errorOf(s, 'inDouble', 'residual')));
    expect(best).toBeGreaterThan(1e-3);
    await gradients.train();
    expect(gradients.training.value!.right).toHaveLength(TRAINED_STEPS);
    const last = (losses: readonly number[]) => losses.slice(-20).reduce((sum, loss) => sum + loss);
    const { right, faulty } = gradients.training.value!;
    expect(right[0]).toBe(faulty[0]);
    expect(last(faulty)).toBeGreaterThan(last(right));
    await gradients.setFault('none');
    expect(gradients.failed.value).toBe(0);
  });

  it('cannot be of one token alone', async () => {
    await state.read('O');
    await state.show('gradients');
    expect(state.gradients.problem.value).toContain('two are enough');
  });
});

it('a text that the model cannot read is told of, and the one before stays', async () => {
  const before = state.passage.value;
  await state.read('Ω');
  expect(state.textProblem.value).toContain('"Ω"');
  expect(state.passage.value).toBe(before);
  await state.read(passage.slice(0, 5));
  expect(state.textProblem.value).toBeNull();
  expect(state.passage.value!.length).toBe(5);
});

it('a longer text is looked at in parts', async () => {
  await state.read(text.slice(0, 40));
  expect(state.passage.value).toMatchObject({ first: 0, length: 16 });
  await state.look(8);
  expect(state.passage.value).toMatchObject({ first: 8, length: 16 });
  expect(state.pieces.value.join('')).toBe(text.slice(8, 24));
  await state.look(1000);
  expect(state.passage.value!.first).toBe(24);
});

it('is taken anew at each evaluation while it is followed, one at a time', async () => {
  const info = { step: 0, steps: 9, past_schedules_json: '[]' } as never;
  state.begin();
  expect(saves).toBe(1);
  runState.begin({ runId: 1, text: signal(null) as never, recipe: {}, info });
  await until(() => saves === 2 && !state.taking.value);
  const evaluate = (step: number) =>
    runState.receive({ type: 'evaluated', runId: 1, step, trainLoss: 1, valLoss: 1 });
  evaluate(1);
  evaluate(2);
  evaluate(3);
  await until(() => !state.taking.value);
  expect(saves).toBe(4); // the first of them, and the last
  state.follows.value = false;
  evaluate(4);
  expect(state.taking.value).toBe(false);
  state.end();
});
