import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../../web/src/state/app';
import { DATABASE, VERSION } from '../../../web/src/storage/database';
import { RunStore } from '../../../web/src/storage/run-store';
import { makeStoreDouble } from '../doubles/store';
import { pausedAt, Tabs, trainTo, untilKept } from '../doubles/tab';
import { until } from '../doubles/until';

let tabs: Tabs;
const open: Tabs['open'] = (more) => tabs.open(more);
const close = (app: App) => tabs.close(app);
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  tabs = new Tabs();
});
afterEach(() => tabs.closeAll());

describe('after its tab is gone', () => {
  it('a run is offered, and goes on as it was', async () => {
    const first = await open();
    const id = await pausedAt(3, first);
    const fingerprint = first.run.fingerprint.value;
    close(first);

    const again = await open();
    const offered = again.offer.record.value!;
    expect(offered).toMatchObject({ id, name: 'tiny stories', kept: { step: 3 } });
    await again.control.goOn(offered);
    expect(again.run.fingerprint.value).toBe(fingerprint);
    expect(again.text.text.value?.corpus).toBe('tiny-stories');
    expect(again.run.curves.losses.lastStep).toBe(3);
    expect(again.offer.record.value).toBeNull();
    await pausedAt(5, again);
    expect(again.library.runs.value).toMatchObject([{ id, kept: { step: 5 } }]);
  });

  it('what it had written by then is there, and nothing from later', async () => {
    const first = await open();
    await first.control.toggle();
    await until(() => first.run.phase.value === 'done');
    await untilKept(first);
    const texts = () => first.writing.writings.value.map(({ text }) => text.value);
    const written = texts();
    expect(written).toHaveLength(3);
    close(first);
    const again = await open();
    // As if the checkpoint were older than what is written.
    const later = { step: 21, prompt: '', asked: false, text: 'from later' };
    const { id } = again.offer.record.value!;
    await again.library.keepWritings(id, [later, ...first.writing.finished()]);
    await again.control.goOn(again.offer.record.value!);
    expect(again.writing.writings.value.map(({ text }) => text.value)).toEqual(written);
  });

  it('a run that was being trained is trained on', async () => {
    const first = await open();
    const id = await pausedAt(3, first);
    const record = first.library.find(id)!;
    const file = (await first.library.checkpoint(id))!;
    await new RunStore().keep(record, { ...record.kept, training: true }, file);
    close(first);
    const again = await open();
    await again.control.goOn(again.offer.record.value!);
    await until(() => again.run.phase.value === 'done');
  });
});

it('after a crash the run is offered from its last checkpoint', async () => {
  let broken = false;
  const app = await open({
    onStep: (step) => {
      if (broken && step === 5) throw new Error('memory access out of bounds');
      return undefined;
    },
  });
  await pausedAt(3, app);
  broken = true;
  await app.control.toggle();
  await until(() => app.run.phase.value === 'failed');
  await until(() => app.engine.status.value.name === 'ready');
  broken = false;
  await app.control.goOn(app.offer.record.value!);
  expect(app.run.step.value).toBe(3);
  await app.control.toggle();
  await until(() => app.run.phase.value === 'done');
});

describe('two tabs', () => {
  it('do not both train a run: the second may look at it, and goes on with a fork', async () => {
    const first = await open();
    const id = await pausedAt(3, first);
    const second = await open();
    expect(second.library.elsewhere.value).toEqual(new Set([id]));
    await second.control.goOn(second.offer.record.value!);
    expect(second.kept.elsewhere.value?.id).toBe(id);
    expect(second.run.phase.value).toBe('none');

    await second.kept.open(id, 'view');
    expect(second.kept.viewed.value?.id).toBe(id);
    expect(second.run.step.value).toBe(3);
    await pausedAt(4, second);
    expect(second.kept.viewed.value).toBeNull();
    await second.library.refresh();
    expect(second.library.runs.value).toMatchObject([
      { name: 'tiny stories, forked', forkedFrom: { name: 'tiny stories', step: 3 } },
      { id, kept: { step: 3 } },
    ]);
    await pausedAt(5, first);
    expect(first.library.find(id)?.kept.step).toBe(5);
  });

  it('one does not delete what the other trains', async () => {
    const first = await open();
    const id = await pausedAt(2, first);
    const second = await open();
    await second.kept.delete(id);
    expect(second.keeper.error.value?.message).toMatch(/open in another tab/);
    expect(second.library.runs.value).toHaveLength(1);
  });

  it('hear of each other’s changes', async () => {
    const first = await open();
    const id = await pausedAt(2, first);
    const second = await open();
    await second.library.rename(id, 'a better name');
    await until(() => first.library.find(id)?.name === 'a better name');
  });
});

describe('storage that fails', () => {
  const failing = (name: string) =>
    makeStoreDouble({ keep: () => Promise.reject(new DOMException('no', name)) });

  it('by being full is said; training goes on, and the run before can still be had back', async () => {
    const app = await open({ store: failing('QuotaExceededError') });
    await trainTo(app, 2);
    await until(() => app.library.problem.value?.kind === 'full');
    await trainTo(app, 3);
    const fingerprint = app.run.fingerprint.value;
    await app.keeper.reset();
    await app.undo.take();
    expect(app.run.fingerprint.value).toBe(fingerprint);
    expect((await app.files.save())?.name).toBe('tiny-stories-step-3.safetensors');
  });

  it('by being refused is said; all else works', async () => {
    Reflect.deleteProperty(globalThis, 'indexedDB');
    const app = await open();
    expect(app.library.problem.value?.kind).toBe('denied');
    await trainTo(app, 2);
    await app.keeper.reset();
    await app.undo.take();
    expect(app.run.step.value).toBe(2);
  });

  it('by being of a newer version is said', async () => {
    (await openDB(DATABASE, VERSION + 1)).close();
    const app = await open();
    expect(app.library.problem.value?.kind).toBe('newer');
    await trainTo(app, 1);
  });

  it('by having been cleared is said, and the run kept again', async () => {
    const app = await open();
    const id = await pausedAt(2, app);
    const database = await openDB(DATABASE, VERSION);
    await database.clear('runs');
    await database.clear('checkpoints');
    database.close();
    await pausedAt(3, app);
    expect(app.library.notice.value).toMatch(/had cleared/);
    expect(app.library.openId.value).toBe(id);
  });
});

it('a damaged record is made anew from its checkpoint; one without is let go', async () => {
  const first = await open();
  const id = await pausedAt(2, first);
  close(first);
  const database = await openDB(DATABASE, VERSION);
  await database.put('runs', { id, nonsense: true }, id);
  await database.put('runs', 'more nonsense', 'b');
  database.close();
  const again = await open();
  expect(again.library.runs.value).toMatchObject([
    { id, name: 'recovered run', kept: { step: 2 } },
  ]);
  await again.control.goOn(again.offer.record.value!);
  expect(again.run.step.value).toBe(2);
});

it('a kept run whose weights are damaged is refused in a sentence, and the present one kept', async () => {
  const first = await open();
  const id = await pausedAt(2, first);
  close(first);
  const database = await openDB(DATABASE, VERSION);
  await database.put('checkpoints', { step: 2, file: new Uint8Array(40) }, id);
  database.close();
  const again = await open();
  await trainTo(again, 1);
  await again.kept.open(id, 'go-on');
  expect(again.keeper.error.value?.code).toBe('file');
  expect(again.run.step.value).toBe(1);
  expect(again.library.openId.value).not.toBe(id);
  await trainTo(again, 2);
});

it('a run from a file is kept like any other', async () => {
  const app = await open();
  await pausedAt(3, app);
  const saved = (await app.files.save())!;
  await app.files.open(new File([saved.bytes], saved.name));
  await untilKept(app);
  expect(app.library.runs.value.map(({ name }) => name)).toEqual(['tiny-stories', 'tiny stories']);
});
