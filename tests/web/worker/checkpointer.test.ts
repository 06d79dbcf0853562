import { beforeEach, describe, expect, it } from 'vitest';
import type { Engine, EngineSession } from '../../../web/src/engine/types';
import type { RunEvent } from '../../../web/src/protocol/to-page';
import { defaultRecipe } from '../../../web/src/recipe/schema';
import type { HeldState } from '../../../web/src/storage/held-state';
import type { Kept } from '../../../web/src/storage/run-record';
import { Checkpointer } from '../../../web/src/worker/checkpointer';
import { makeEngineDouble } from '../doubles/engine';
import { makeRecord } from '../doubles/records';

const card = makeRecord();
let engine: Engine;
let session: EngineSession;
let checkpointer: Checkpointer;
let now: number;
let posted: RunEvent[];
let written: Kept[];
let found: boolean; // whether there was a record
let write: () => Promise<void>; // what befalls a write
let earlier: (readonly HeldState[])[]; // as they were written

beforeEach(() => {
  engine = makeEngineDouble();
  session = new engine.Session(1);
  session.start(
    JSON.stringify({ ...defaultRecipe, steps: 100 }),
    new TextEncoder().encode('A fox. '.repeat(200)),
    'strict',
  );
  [now, posted, written, found, earlier] = [0, [], [], true, []];
  write = () => Promise.resolve();
  checkpointer = new Checkpointer(session, {
    store: {
      keep: async (_, kept) => {
        await write();
        written.push(kept);
        return found;
      },
      keepEarlier: async (_, states) => {
        await write();
        earlier.push(states);
      },
    },
    post: (event) => posted.push(event),
    clock: () => now,
  });
  checkpointer.follow({ card, runId: 7, isNew: true }, engine, 1);
});

const stepsKept = () => written.map(({ step }) => step);

describe('a run being trained is kept', () => {
  it('at least every ten seconds, and no oftener than is worth it', async () => {
    for (now = 0; now <= 60_000; now += 100) {
      session.step();
      checkpointer.consider('step', true);
      await checkpointer.settle();
    }
    expect(written.length).toBeGreaterThanOrEqual(6);
    expect(written.length).toBeLessThanOrEqual(10);
    expect(posted.at(-1)).toMatchObject({ type: 'kept', runId: 7, id: 'a', anew: false });
    expect(written.every(({ training }) => training)).toBe(true);
  });

  it('at an evaluation, unless that is only just over', async () => {
    now = 3500;
    checkpointer.consider('evaluation', true);
    await checkpointer.settle();
    expect(written).toHaveLength(1);
    now = 3600;
    checkpointer.consider('evaluation', true);
    await checkpointer.settle();
    expect(written).toHaveLength(1);
  });

  it('at once where it comes to rest', async () => {
    session.step();
    checkpointer.consider('rest', false);
    await checkpointer.settle();
    expect(written).toMatchObject([{ step: 1, training: false }]);
  });

  it('less often where taking a checkpoint is slow', async () => {
    const save = session.save.bind(session);
    session.save = () => {
      now += 2000;
      return save();
    };
    checkpointer.consider('rest', true);
    await checkpointer.settle();
    now += 30_000;
    checkpointer.consider('step', true);
    expect(written).toHaveLength(1);
    now += 11_000;
    checkpointer.consider('step', true);
    await checkpointer.settle();
    expect(written).toHaveLength(2);
  });
});

it('what is missing where it was kept before had been cleared; what is new had not', async () => {
  found = false;
  checkpointer.consider('rest', true);
  await checkpointer.settle();
  checkpointer.consider('rest', true);
  await checkpointer.settle();
  expect(posted).toMatchObject([{ anew: false }, { anew: true }]);
});

describe('while one is being written', () => {
  it('no other is taken, but where the run comes to rest: the newest of them is written', async () => {
    let finish = () => undefined as void;
    write = () => new Promise((resolve) => (finish = resolve));
    checkpointer.consider('rest', true);
    now = 20_000;
    session.step();
    checkpointer.consider('step', true);
    session.step();
    checkpointer.consider('rest', false);
    session.step();
    checkpointer.consider('rest', false);
    write = () => Promise.resolve();
    finish();
    await checkpointer.settle();
    expect(stepsKept()).toEqual([0, 3]);
  });
});

describe('what a run can go back to', () => {
  const states = [{ step: 1, loss: 2, file: Uint8Array.of(1) }];

  it('is written beside it, once, though more of it is taken meanwhile', async () => {
    let finish = () => undefined as void;
    write = () => new Promise((resolve) => (finish = resolve));
    checkpointer.consider('rest', true);
    checkpointer.consider('rest', false, states);
    checkpointer.consider('rest', false);
    write = () => Promise.resolve();
    finish();
    await checkpointer.settle();
    expect(stepsKept()).toEqual([0, 0]);
    expect(earlier).toEqual([states]);
  });

  it('for which there is no room is no news: the run is kept', async () => {
    const writes = [() => Promise.resolve(), () => Promise.reject(new Error('no room'))];
    write = () => writes.shift()!();
    checkpointer.consider('rest', false, states);
    await checkpointer.settle();
    expect(posted).toMatchObject([{ type: 'kept' }]);
  });
});

describe('a write that fails', () => {
  const fail = (name: string) => (write = () => Promise.reject(new DOMException('no', name)));

  it('is told, and tried again: there may be room then', async () => {
    fail('QuotaExceededError');
    checkpointer.consider('rest', true);
    await checkpointer.settle();
    expect(posted).toMatchObject([{ type: 'not-kept', id: 'a', problem: { kind: 'full' } }]);
    write = () => Promise.resolve();
    now = 8000;
    checkpointer.consider('step', true);
    await checkpointer.settle();
    expect(posted.at(-1)).toMatchObject({ type: 'kept' });
  });

  it.each([
    ['SecurityError', 'denied'],
    ['VersionError', 'newer'],
  ])('by %s is told, and not tried again', async (name, kind) => {
    fail(name);
    checkpointer.consider('rest', true);
    await checkpointer.settle();
    checkpointer.consider('rest', true);
    await checkpointer.settle();
    expect(posted).toMatchObject([{ type: 'not-kept', problem: { kind } }]);
  });
});

it('a run that leaves no room for its file beside it is not kept, and that is said', () => {
  engine.memoryLimit = () => 1000;
  checkpointer.follow({ card, runId: 8, isNew: true }, engine, 1);
  expect(posted).toMatchObject([{ type: 'not-kept', runId: 8, problem: { kind: 'large' } }]);
  checkpointer.consider('rest', false);
  expect(written).toEqual([]);
});
