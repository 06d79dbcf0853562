import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { presets } from '../../../web/src/recipe/presets';
import { App } from '../../../web/src/state/app';
import { makeEngineDouble } from '../doubles/engine';
import { until } from '../doubles/until';
import { WorkerDouble } from '../doubles/worker';

let app: App;
let measured: string[];
let flopsPerSecond: number;

beforeEach(async () => {
  const asked: string[] = (measured = []); // an app of another test is not done at once
  flopsPerSecond = 1e9;
  const engine = makeEngineDouble();
  class Session extends engine.Session {
    override measureSpeed = (json: string) => {
      asked.push(json);
      const error = { code: '', where: '', message: '' };
      return { error, flops_per_second: flopsPerSecond };
    };
  }
  app = new App(() => new WorkerDouble(() => Promise.resolve({ ...engine, Session })), {
    name: 'simd-single',
    threads: 1,
  });
  await app.begin();
});

const plan = () => app.recipe.plan.value!;
const recipes = () => new Set(measured).size;
const measuredAre = (count: number) =>
  vi.waitFor(() => expect(recipes()).toBe(count), { timeout: 20_000 });
const perStep = () => app.speed.estimate.value?.perStep;

describe('an estimate', () => {
  it('comes from a few steps measured here, before anything is trained', async () => {
    expect(app.speed.estimate.value).toBeNull();
    await until(() => app.speed.estimate.value !== null);
    expect(perStep()).toBeCloseTo(plan().flops_per_step / 1e9);
    expect(app.speed.estimate.value!.inAll).toBeGreaterThan(1500 * perStep()!);
    await until(() => Object.values(app.speed.presets.value).every((seconds) => seconds !== null));
    const times = presets.map(({ key }) => app.speed.presets.value[key]!);
    expect(times).toEqual([...times].sort((a, b) => a - b)); // from tiny to largest
  });

  it('of a recipe that changed is there at once, from the last speed, and then its own', async () => {
    await measuredAre(presets.length);
    const before = perStep()!;
    flopsPerSecond = 2e9;
    app.recipe.set('n_layer', '12');
    await until(() => plan().flops_per_step / 1e9 !== before);
    expect(perStep()).toBeGreaterThan(before);
    expect(recipes()).toBe(presets.length);
    await measuredAre(presets.length + 1);
    await until(() => Math.abs(perStep()! - plan().flops_per_step / 2e9) < 1e-9);
  });

  it('follows the run once there is one, during which nothing is measured', async () => {
    await measuredAre(presets.length);
    const { length } = measured;
    const before = perStep();
    app.recipe.set('steps', '200');
    await app.control.toggle();
    await until(() => app.run.phase.value === 'done');
    expect(perStep()).not.toBe(before);
    const { batch_size: batch, block_size: block } = app.run.run.value!.recipe;
    const paced = (Number(batch) * Number(block)) / app.run.pace.value!.tokensPerSecond;
    expect(perStep()! / paced).toBeGreaterThan(0.9);
    expect(perStep()! / paced).toBeLessThan(1.1);
    expect(measured).toHaveLength(length);
  });
});

describe('with time standing still', () => {
  const clock = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  afterEach(() => void vi.useRealTimers());

  it('nothing is measured while the recipe is still being typed', async () => {
    clock();
    for (const layers of ['1', '2', '3']) {
      app.recipe.set('n_layer', layers);
      await vi.advanceTimersByTimeAsync(300);
    }
    expect(measured).toEqual([]);
    await vi.advanceTimersByTimeAsync(300);
    expect(measured.length).toBeGreaterThan(0);
  });

  it('nothing is measured twice', async () => {
    clock();
    app.recipe.set('n_layer', '7');
    await vi.advanceTimersByTimeAsync(5000);
    const { length } = measured;
    expect(recipes()).toBe(presets.length + 1);
    app.recipe.set('seed', '9'); // on which speed does not depend
    await vi.advanceTimersByTimeAsync(5000);
    expect(measured).toHaveLength(length);
    app.recipe.set('n_layer', '9');
    await vi.advanceTimersByTimeAsync(5000);
    expect(measured).toHaveLength(length + 1);
  });
});
