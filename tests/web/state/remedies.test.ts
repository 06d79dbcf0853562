import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../../web/src/state/app';
import { Tabs, untilKept } from '../doubles/tab';
import { until } from '../doubles/until';

const diverged = { code: 'diverged', where: 'h.0.attn.qkv', message: 'A number was not finite.' };

let tabs: Tabs;
let app: App;
let failing: number;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  tabs = new Tabs();
  failing = 5;
  app = await tabs.open({ onStep: (step) => (step === failing ? diverged : undefined) });
  await app.control.toggle();
  await until(() => app.run.phase.value === 'failed');
});
afterEach(() => tabs.closeAll());

const finish = () => until(() => app.run.phase.value === 'done');

describe('a run that diverged', () => {
  it('says what went first, and shows the steps that led there', () => {
    expect(app.run.error.value?.message).toMatch(
      /^The loss became infinite at step 5, first in the queries, keys and values of layer 1 /,
    );
    expect(app.run.step.value).toBe(4);
    const { before, failed } = app.run.divergence.value!;
    expect(before.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(failed).toMatchObject({ step: 5, loss: Infinity });
  });

  it('can go back to where it began, or go on from where it stands', () => {
    expect(app.remedies.states.value.map(({ step }) => step)).toEqual([0, 4]);
    expect(app.remedies.step.value).toBe(0);
    app.remedies.pick(4);
    expect(app.remedies.step.value).toBe(4);
  });

  it('goes on with a third of the rate, as a run of its own', async () => {
    await untilKept(app);
    const diverged = app.library.openId.value!;
    failing = NaN;
    await app.remedies.take('rate');
    await finish();
    expect(app.run.run.value?.recipe).toMatchObject({ lr: 0.0007, min_lr: 0.0002 });
    expect(app.run.divergence.value).toBeNull();
    // It began with that rate: nothing else led to it.
    expect(app.run.pastSchedules.value).toEqual([]);
    await untilKept(app);
    expect(app.keeper.keptOpen.value).toMatchObject({
      name: 'tiny stories, forked',
      forkedFrom: { name: 'tiny stories', step: 0 },
    });
    expect(app.library.find(diverged)).toMatchObject({ name: 'tiny stories', kept: { step: 4 } });
  });

  it('goes on with a tighter clip from where it stands, and says so of itself', async () => {
    const { runId } = app.run.run.value!;
    failing = NaN;
    app.remedies.pick(4);
    await app.remedies.take('clip');
    await finish();
    expect(app.run.run.value).toMatchObject({ runId, recipe: { grad_clip: 0.5 } });
    expect(app.run.pastSchedules.value).toMatchObject([{ until: 4, gradClip: 1 }]);
  });

  it('rests where it went back to, and can be had back as it was', async () => {
    await untilKept(app);
    await app.remedies.take('back');
    expect(app.run.phase.value).toBe('paused');
    expect(app.run.step.value).toBe(0);
    expect(app.run.divergence.value).toBeNull();
    expect(app.undo.last.value?.label).toBe('Back at step 0; the run that stopped was put away.');
    await app.undo.take();
    expect(app.run.step.value).toBe(4);
  });

  it('that diverges again has its remedies again', async () => {
    await app.remedies.take('rate');
    await until(() => app.run.phase.value === 'failed' && app.run.run.value?.recipe.lr === 0.0007);
    expect(app.remedies.states.value.map(({ step }) => step)).toEqual([0, 4]);
    failing = NaN;
    await app.remedies.take('clip');
    await finish();
    expect(app.run.run.value?.recipe).toMatchObject({ lr: 0.0007, grad_clip: 0.5 });
  });
});
