// A run's health as the page has it, of a run that the command line trained, by the module that the
// page loads.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import create from '../../../web/src/engine/generated/health/health.mjs';
import { answerHealth, type HealthQuestion } from '../../../web/src/inspect/answer-health';
import { groupsOf, type Health, type LrSearch } from '../../../web/src/inspect/health';
import { HealthState, MOST_REMEMBERED } from '../../../web/src/inspect/health-state';
import type { InspectPort } from '../../../web/src/inspect/in-worker';
import { decadesOf, logPlace, place } from '../../../web/src/ui/look-inside/scales';
import { Folder, succeed } from '../../engine/cli/run';
import { small, trainRun } from '../../engine/cli/small';
import { until } from '../doubles/until';

const folder = new Folder();
let run: string;
beforeAll(() => void (run = trainRun(folder, 'run', small)));
afterAll(() => folder.remove());

const fresh = () => false;

const withoutName = (event: object) =>
  Object.fromEntries(Object.entries(event).filter(([name]) => name !== 'event'));

// A port of the module, or of what stands in for it.
class Port implements InspectPort {
  readonly asked: HealthQuestion[] = [];
  answers: ((question: HealthQuestion) => unknown) | null = null;
  constructor(
    private readonly check: Parameters<typeof answerHealth>[0],
    public run: string | null,
  ) {}
  ask: InspectPort['ask'] = (question) => {
    const asked = question as HealthQuestion;
    this.asked.push(asked);
    if (this.answers) return Promise.resolve(this.answers(asked)) as never;
    const bytes = this.run === null ? null : new Uint8Array(readFileSync(this.run));
    return Promise.resolve(answerHealth(this.check, asked, bytes)) as never;
  };
  end() {}
}

let port: Port;
let state: HealthState;
beforeEach(async () => {
  port = new Port(new (await create()).HealthCheck(), run);
  state = new HealthState(port);
});

describe('the health of a run', () => {
  it('is the command line’s', async () => {
    await state.examine(1, fresh);
    expect(state.problem.value).toBeNull();
    const { events } = succeed('health', '--model', run, '--json');
    const of = (event: string) => events.filter((each) => each.event === event).map(withoutName);
    const { tensors, heads, mlps, ...rest } = state.newest.value!;
    expect([tensors, heads, mlps, rest]).toEqual([
      of('tensor'),
      of('head'),
      of('mlp'),
      of('done')[0],
    ]);
  });

  // The module has no fused multiply-add: such a run's step is the same but for rounding.
  it('of class fused is told all the same', async () => {
    await state.examine(1, fresh);
    const strict = state.newest.value!;
    port.run = folder.at('fused');
    const flags = Object.entries({ ...small, class: 'fused' });
    succeed(
      ...['train', '--text', folder.at('run.txt'), '--out', port.run],
      ...flags.flatMap(([name, value]) => [`--${name.replaceAll('_', '-')}`, `${value}`]),
    );
    await state.examine(2, fresh);
    expect(state.problem.value).toBeNull();
    const fused = state.newest.value!;
    expect(fused.step).toBe(12);
    for (const [i, { weight }] of fused.tensors.entries())
      expect(weight / strict.tensors[i]!.weight).toBeCloseTo(1, 4);
  });

  it('is refused in words where there is no run, or a broken one', async () => {
    port.run = null;
    await state.examine(1, fresh);
    expect(state.problem.value).toBe('No model is open yet.');
    port.run = folder.write('broken', 'no run');
    await state.examine(1, fresh);
    expect(state.problem.value).toMatch(/safetensors/);
    expect(state.newest.value).toBeNull();
    port.run = run;
    await state.examine(1, fresh);
    expect(state.problem.value).toBeNull();
  });

  it('is remembered over a training: so many steps, of one run, in their order', async () => {
    await state.examine(1, fresh);
    const health = state.newest.value!;
    let step = 0;
    port.answers = () => ({ type: 'examined', health: { ...health, step } });
    for (step = 20; step < 20 + 10 * 3 * MOST_REMEMBERED; step += 10) await state.examine(1, fresh);
    const steps = () => state.all.value.map((each) => each.step);
    expect(steps()).toHaveLength(MOST_REMEMBERED);
    expect([steps()[0], steps().at(-1)]).toEqual([12, step - 10]);
    expect(steps()).toEqual([...steps()].sort((a, b) => a - b));
    // Back to an earlier step, and then another run.
    step = 500;
    await state.examine(1, fresh);
    expect(steps().at(-1)).toBe(500);
    expect(steps().length).toBeLessThan(MOST_REMEMBERED);
    await state.examine(2, fresh);
    expect(steps()).toEqual([500]);
    // What comes late is dropped.
    step = 700;
    await state.examine(2, () => true);
    expect(steps()).toEqual([500]);
  });

  it('stands together by layers', async () => {
    await state.examine(1, fresh);
    const groups = state.groups.value[0]!;
    expect(groups.map(({ name }) => name)).toEqual(['Embedding', 'Layer 1', 'Layer 2', 'Head']);
    expect(groups.map(({ tensors }) => tensors.length)).toEqual([2, 6, 6, 1]);
    const [wte, wpe] = groups[0]!.tensors;
    expect(groups[0]!.weight).toBeCloseTo(Math.hypot(wte!.weight, wpe!.weight), 12);
    for (const { ratio, update, weight } of groups) expect(ratio).toBe(update! / weight!);
    // Where the step cannot be taken there is no update, and what is nothing has no share.
    const tensor = { name: 'wte.weight', size: 1, weight: 0, gradient: 1, update: 1, ratio: null };
    const of = (update: number | null) =>
      groupsOf({ tensors: [{ ...tensor, update }] } as unknown as Health)[0];
    expect(of(null)).toMatchObject({ update: null, ratio: null, gradient: 1 });
    expect(of(1)).toMatchObject({ update: 1, ratio: null });
  });
});

describe('the search for a learning rate', () => {
  it('is the command line’s', async () => {
    await state.find();
    expect(state.searching.value).toBe(false);
    const { events } = succeed('health', '--model', run, '--find-lr', '--json');
    const { suggested, points, done } = state.search.value!;
    expect(done).toBe(true);
    expect(suggested).toBe(events.at(-1)!.suggested);
    const told = events.filter(({ event }) => event === 'point');
    expect(points).toEqual(told.map(withoutName));
  });

  it('can be stopped and begun anew, without a look at the run in between being lost', async () => {
    await state.examine(1, fresh);
    const first = state.find();
    await until(() => (state.search.value?.points.length ?? 0) >= 4);
    await state.examine(1, fresh);
    state.stop();
    await first;
    const stopped = state.search.value!;
    expect(stopped).toMatchObject({ done: false, suggested: null });
    expect(state.searching.value).toBe(false);
    const asked = port.asked.length;
    await Promise.resolve();
    expect(port.asked).toHaveLength(asked);
    const again = state.find();
    void state.find(); // is under way
    await again;
    expect(port.asked.slice(asked).filter(({ type }) => type === 'search')).toHaveLength(1);
    const losses = ({ points }: LrSearch) => points.map(({ loss }) => loss);
    const soFar = losses(stopped);
    expect(losses(state.search.value!).slice(0, soFar.length)).toEqual(soFar);
  });

  it('ends in words where it cannot begin, and with another run', async () => {
    port.run = null;
    await state.find();
    expect(state.searchProblem.value).toBe('No model is open yet.');
    expect(state.searching.value).toBe(false);
    port.run = run;
    await state.examine(1, fresh);
    const search = state.find();
    await until(() => state.search.value !== null);
    await state.examine(2, fresh);
    await search;
    expect([state.search.value, state.searching.value]).toEqual([null, false]);
  });
});

describe('a figure’s scales', () => {
  it('hold all that is shown', () => {
    expect(decadesOf([0.02, 30])).toEqual([-2, 2]);
    expect(decadesOf([1])).toEqual([0, 1]);
    expect(decadesOf([])).toEqual([0, 1]);
    expect(place(3, 1, 5, 100, 0)).toBe(50);
    expect(logPlace(10, 0, 2, 0, 8)).toBeCloseTo(4, 12);
  });
});
