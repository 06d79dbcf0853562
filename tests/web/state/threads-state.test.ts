import { beforeEach, describe, expect, it } from 'vitest';
import type { Build } from '../../../web/src/engine/choose-build';
import { App } from '../../../web/src/state/app';
import { rememberedThreads, ThreadsState } from '../../../web/src/state/threads-state';
import { makeEngineDouble } from '../doubles/engine';
import { until } from '../doubles/until';
import { WorkerDouble } from '../doubles/worker';

const build: Build = { name: 'simd-threads', threads: 2 };
let kept: Map<string, string>;
const storage = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
};

let app: App;
let threads: ThreadsState;
let workers: WorkerDouble[];

beforeEach(async () => {
  kept = new Map();
  workers = [];
  const spawn = () => {
    const worker = new WorkerDouble(() => Promise.resolve(makeEngineDouble()));
    workers.push(worker);
    return worker;
  };
  app = new App(spawn, build);
  threads = new ThreadsState(app, build, 4, storage);
  await app.begin();
});

async function stepsTaken(count: number): Promise<void> {
  for (let step = 1; step <= count; step++) {
    await app.control.single();
    await until(() => app.run.step.value === step && app.run.fingerprint.value !== null);
  }
}

describe('the number of threads', () => {
  it('is changed by an engine that starts anew', async () => {
    await threads.choose(3);
    expect(app.engine.status.value).toMatchObject({ name: 'ready', threads: 3 });
    expect(workers.map(({ terminated }) => terminated)).toEqual([true, false]);
  });

  it('is changed under a run at rest, which goes on as it was', async () => {
    await stepsTaken(3);
    const [fingerprint, losses] = [app.run.fingerprint.value, app.run.curves.losses.at(3)];
    await threads.choose(1);
    expect(app.run.phase.value).toBe('paused');
    expect(app.run.fingerprint.value).toBe(fingerprint);
    expect(app.run.curves.losses.at(3)).toEqual(losses);
    await app.control.single();
    await until(() => app.run.step.value === 4);
  });

  it('may be changed again at once', async () => {
    await stepsTaken(2);
    await Promise.all([threads.choose(1), threads.choose(4), threads.choose(3)]);
    expect(app.engine.status.value).toMatchObject({ name: 'ready', threads: 3 });
    expect(app.run.step.value).toBe(2);
    await app.control.single();
    await until(() => app.run.step.value === 3);
  });

  it('is remembered', async () => {
    expect(rememberedThreads(storage)).toEqual({});
    await threads.choose(3);
    expect(rememberedThreads(storage)).toEqual({ threads: 3 });
    kept.set('threads', 'many');
    expect(rememberedThreads(storage)).toEqual({});
  });

  it('is one of those offered', async () => {
    expect(threads.offered).toEqual([1, 2, 3, 4]);
    await threads.choose(5);
    await threads.choose(2);
    expect(workers).toHaveLength(1);
    const single: Build = { name: 'simd-single', threads: 1 };
    expect(new ThreadsState(app, single, 4, storage).offered).toEqual([1]);
  });
});
