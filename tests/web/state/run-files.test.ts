import { beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../../web/src/state/app';
import { file, Stage } from '../doubles/app';
import { until } from '../doubles/until';

let stage: Stage;
let app: App;
beforeEach(async () => {
  stage = await Stage.begin();
  ({ app } = stage);
});

describe('files', () => {
  it('a saved run is opened in a new page, and goes on', async () => {
    await stage.pausedAt(7);
    const saved = await app.files.save();
    expect(saved?.name).toBe('tiny-stories-step-7.safetensors');
    await app.keeper.reset();
    app.recipe.set('seed', '99');
    await app.bring.openFile(file(saved!.bytes, 'renamed'));
    expect(app.run.step.value).toBe(7);
    expect(app.run.curves.losses.lastStep).toBe(7);
    expect(app.recipe.recipe.value?.seed).toBe(1337);
    await until(() => app.control.mainAction.value === 'resume');
    await app.control.toggle();
    await stage.finish();
  });

  it('a foreign file is refused, and the run kept', async () => {
    await stage.pausedAt(2);
    await app.bring.openFile(file('not tensors at all', 'foreign.safetensors'));
    expect(app.keeper.error.value?.code).toBe('file');
    expect(app.run.step.value).toBe(2);
    await app.control.single();
    await until(() => app.run.step.value === 3);
  });
});
