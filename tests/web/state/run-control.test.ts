import { beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../../web/src/state/app';
import { Stage } from '../doubles/app';
import { until } from '../doubles/until';

let stage: Stage;
let app: App;
beforeEach(async () => {
  stage = await Stage.begin();
  ({ app } = stage);
});

describe('a run', () => {
  it('trains to its end and can be read off', async () => {
    await app.control.toggle();
    await stage.finish();
    expect(app.run.step.value).toBe(20);
    expect(app.run.curves.losses.lastStep).toBe(20);
    expect(app.run.curves.evaluations.toArray().map(({ step }) => step)).toEqual([10, 20]);
    expect(app.run.fingerprint.value).toMatch(/^[0-9a-f]{16}$/);
    expect(app.writing.writings.value.map(({ step }) => step)).toEqual([20, 10, 0]);
    expect(app.control.mainAction.value).toBe('train-anew');
  });

  it('goes on after a pause, or begins anew where the recipe was changed', async () => {
    await stage.pausedAt(2);
    expect(app.control.mainAction.value).toBe('resume');
    app.recipe.set('seed', '5');
    expect(app.control.mainAction.value).toBe('train-anew');
    app.control.returnToRun();
    await until(() => app.control.mainAction.value === 'resume');
    await app.control.toggle();
    await stage.finish();
    expect(app.run.step.value).toBe(20);
  });

  it('can be had back after a reset', async () => {
    await stage.pausedAt(3);
    const fingerprint = app.run.fingerprint.value;
    await app.keeper.reset();
    expect(app.run.phase.value).toBe('none');
    await app.undo.take();
    expect(app.run.step.value).toBe(3);
    expect(app.run.fingerprint.value).toBe(fingerprint);
    await app.control.toggle();
    await stage.finish();
    expect(app.run.curves.losses.lastStep).toBe(20);
  });

  it('that was reset can be had back after a second press, too', async () => {
    await stage.pausedAt(2);
    await app.keeper.reset();
    await app.keeper.reset();
    expect(app.undo.last.value).not.toBeNull();
  });

  it('takes no step once it is finished, unless as another run', async () => {
    await app.control.toggle();
    await stage.finish();
    const { runId } = app.run.run.value!;
    expect(app.control.canStep.value).toBe(false);
    await app.control.single();
    expect(app.run.run.value?.runId).toBe(runId);
    app.recipe.set('seed', '5');
    expect(app.control.canStep.value).toBe(true);
    await app.control.single();
    await until(() => app.run.step.value === 1);
    expect(app.run.run.value?.runId).not.toBe(runId);
  });

  it('is as long as its recipe said, the next as long as the controls say', async () => {
    expect(app.control.steps.value).toBe(20);
    app.recipe.set('steps', '30');
    expect(app.control.steps.value).toBe(30);
    app.recipe.set('lr', 'fast');
    expect(app.control.steps.value).toBe(30);
    app.recipe.set('steps', 'many');
    expect(app.control.steps.value).toBe(0);
    app.recipe.set('lr', '0.001');
    app.recipe.set('steps', '20');
    await stage.pausedAt(1);
    app.recipe.set('steps', '30');
    expect(app.control.steps.value).toBe(20);
  });

  it('is looked at as a whole at first', async () => {
    await stage.pausedAt(3);
    app.chart.show({ from: 1, to: 9 }, 20);
    await app.control.single();
    await until(() => app.run.step.value === 4);
    expect(app.chart.range.value).toEqual({ from: 1, to: 9 });
    await app.keeper.reset();
    expect(app.chart.range.value).toBeNull();
  });

  it('can be had back after another began', async () => {
    await stage.pausedAt(3);
    app.recipe.set('seed', '5');
    await app.control.toggle();
    await stage.finish();
    expect(app.run.run.value?.recipe.seed).toBe(5);
    await app.undo.take();
    expect(app.run.step.value).toBe(3);
    expect(app.recipe.recipe.value?.seed).toBe(1337);
  });

  it('that fails says why, and can still be saved', async () => {
    const error = { code: 'state', where: '', message: 'The loss is not finite.' };
    stage.onStep = (step) => (step === 4 ? error : undefined);
    await app.control.toggle();
    await until(() => app.run.phase.value === 'failed');
    expect(app.run.error.value).toEqual(error);
    expect(app.run.step.value).toBe(3);
    expect((await app.files.save())?.name).toBe('tiny-stories-step-3.safetensors');
  });
});

describe('a schedule that is changed on the way', () => {
  it('is taken over by Resume, recorded, and can be undone', async () => {
    await stage.pausedAt(3);
    app.recipe.set('lr', '0.001');
    app.recipe.set('steps', '25');
    expect(app.control.changes.value).toEqual(['steps', 'lr']);
    expect(app.control.mainAction.value).toBe('resume');
    await app.control.toggle();
    await stage.finish();
    expect(app.run.step.value).toBe(25);
    expect(app.control.differs.value).toBe(false);
    expect(app.run.curves.lrs.at(3)).toBeCloseTo(0.002);
    expect(app.run.curves.lrs.at(4)).toBeCloseTo(0.001);
    expect(app.run.pastSchedules.value).toEqual([
      { until: 3, steps: 20, lr: 0.002, minLr: 0.0002, gradClip: 1 },
    ]);
  });

  it('is put back by undo', async () => {
    await stage.pausedAt(3);
    app.recipe.set('lr', '0.001');
    await app.control.single();
    await until(() => app.run.step.value === 4);
    expect(app.undo.last.value?.label).toBe('Learning rate 0.001 from step 4 on.');
    await app.undo.take();
    expect(app.run.run.value?.recipe.lr).toBe(0.002);
    expect(app.recipe.recipe.value?.lr).toBe(0.002);
    expect(app.control.mainAction.value).toBe('resume');
  });

  it('lets a finished run go on', async () => {
    await app.control.toggle();
    await stage.finish();
    const { runId } = app.run.run.value!;
    app.recipe.set('steps', '35');
    expect(app.control.mainAction.value).toBe('resume');
    await app.control.toggle();
    await until(() => app.run.step.value === 35);
    expect(app.run.run.value).toMatchObject({ runId, recipe: { steps: 35 } });
    expect(app.run.pastSchedules.value).toMatchObject([{ until: 20, steps: 20 }]);
  });

  it('is another run where that is what is wanted, or all that can be', async () => {
    await stage.pausedAt(3);
    app.recipe.set('lr', '0.001');
    const { runId } = app.run.run.value!;
    await app.control.trainAnew();
    await stage.finish();
    expect(app.run.run.value?.runId).not.toBe(runId);
    expect(app.run.pastSchedules.value).toEqual([]);
    app.recipe.set('steps', '10'); // fewer than were taken
    expect(app.control.changes.value).toEqual([]);
    expect(app.control.mainAction.value).toBe('train-anew');
    app.recipe.set('steps', '30');
    app.recipe.set('dropout', '0.5');
    expect(app.control.changes.value).toEqual([]);
  });

  it('that the engine refuses is explained beside its control, and the run is as it was', async () => {
    await stage.pausedAt(3);
    app.recipe.set('min_lr', '5');
    await app.control.toggle();
    expect(app.run.phase.value).toBe('paused');
    expect(app.recipe.errors.value.min_lr).toMatch(/^Final rate is 5/);
    expect(app.view.attention.value).toEqual({ name: 'min_lr' });
  });
});

describe('after a crash', () => {
  beforeEach(async () => {
    stage.onStep = (step) => {
      if (step === 5) throw new Error('memory access out of bounds');
      return undefined;
    };
    await app.control.toggle();
    await until(() => app.run.phase.value === 'failed');
    await until(() => app.engine.status.value.name === 'ready');
  });

  it('says so, and keeps text, recipe and curve', () => {
    expect(app.run.error.value).toMatchObject({ code: 'crash' });
    expect(app.run.error.value?.message).toContain('memory access out of bounds');
    expect(app.text.text.value?.corpus).toBe('tiny-stories');
    expect(app.recipe.entries.value.steps).toBe('20');
    expect(app.writing.writings.value.every(({ done }) => done.value)).toBe(true);
  });

  it('a new worker trains anew', async () => {
    expect(stage.workers).toHaveLength(2);
    expect(stage.workers[0]?.terminated).toBe(true);
    stage.onStep = () => undefined;
    await app.control.toggle();
    await stage.finish();
    expect(app.run.step.value).toBe(20);
  });
});
