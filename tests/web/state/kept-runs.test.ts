import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MOST_RUNS } from '../../../web/src/state/run-library';
import { another, pausedAt, Tabs } from '../doubles/tab';
import { until } from '../doubles/until';

let tabs: Tabs;
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  tabs = new Tabs();
});
afterEach(() => tabs.closeAll());
const open = () => tabs.open();

describe('a deleted run', () => {
  it('is really there again after undo, weights and all', async () => {
    const app = await open();
    const id = await pausedAt(3, app);
    const fingerprint = app.run.fingerprint.value;
    await app.kept.delete(id);
    expect(app.run.phase.value).toBe('none');
    expect(app.library.runs.value).toEqual([]);
    await app.undo.take();
    expect(app.library.runs.value).toMatchObject([{ id }]);
    expect(app.library.openId.value).toBe(id);
    expect(app.run.fingerprint.value).toBe(fingerprint);
    await pausedAt(4, app);
  });

  it('is there again after undo where it was only just being opened, too', async () => {
    const app = await open();
    const id = await pausedAt(3, app);
    const fingerprint = app.run.fingerprint.value;
    await another('7', app);
    const opening = app.kept.open(id, 'go-on');
    await until(() => app.run.fingerprint.value === fingerprint);
    await app.kept.delete(id);
    expect(await opening).toBe(true);
    expect(app.run.phase.value).toBe('none');
    await app.undo.take();
    expect(app.library.openId.value).toBe(id);
    expect(app.run.fingerprint.value).toBe(fingerprint);
  });

  it('is gone from the storage once it cannot be had back', async () => {
    const app = await open();
    const id = await pausedAt(3, app);
    await app.kept.delete(id);
    app.undo.offer(null);
    await until(() => app.library.find(id) === null);
    expect(await app.library.checkpoint(id)).toBeNull();
  });
});

describe('the list of runs', () => {
  it('can be renamed in, and remembers', async () => {
    const app = await open();
    const id = await pausedAt(1, app);
    await app.library.rename(id, '  a better name ');
    await app.library.rename(id, '   ');
    expect(app.library.find(id)?.name).toBe('a better name');
    await pausedAt(2, app);
    expect(app.library.find(id)?.name).toBe('a better name');
  });

  it('lays other runs beside the one at hand, and says what differs', async () => {
    const app = await open();
    const first = await pausedAt(2, app);
    const second = await another('5', app);
    expect(app.beside.overlays.value).toEqual([]);
    app.beside.toggle(first);
    expect(app.beside.overlays.value).toMatchObject([{ key: first, name: 'tiny stories' }]);
    expect(app.beside.overlays.value[0]!.losses.lastStep).toBe(2);
    expect(app.beside.compared.value.map(({ id }) => id)).toEqual([second, first]);
    expect(app.beside.differences.value).toEqual([{ label: 'Seed', values: ['5', '1337'] }]);
    app.beside.toggle(first);
    expect(app.beside.overlays.value).toEqual([]);
  });

  it('forks a run, which stays as it was', async () => {
    const app = await open();
    const id = await pausedAt(3, app);
    const fingerprint = app.run.fingerprint.value;
    await app.kept.open(id, 'fork');
    expect(app.run.fingerprint.value).toBe(fingerprint);
    await pausedAt(5, app);
    const [fork, origin] = app.library.runs.value;
    expect(fork).toMatchObject({
      name: 'tiny stories, forked',
      forkedFrom: { name: 'tiny stories', step: 3 },
      kept: { step: 5 },
    });
    expect(origin).toMatchObject({ id, kept: { step: 3 } });
  });

  it('is bounded: the oldest makes room', async () => {
    const app = await open();
    const beginning = { name: 'old', text: { name: 'old', corpus: null }, forkedFrom: null };
    const oldest = await pausedAt(1, app);
    const record = app.library.find(oldest)!;
    const file = (await app.library.checkpoint(oldest))!;
    await app.keeper.reset();
    for (let i = 1; i < MOST_RUNS; i++) {
      const at = Date.now() + i;
      await app.library.import({ ...beginning, id: `old${i}` }, { ...record.kept, at }, file);
    }
    expect(app.library.full.value).toBe(true);
    await pausedAt(1, app);
    expect(app.library.runs.value).toHaveLength(MOST_RUNS);
    expect(app.library.find(oldest)).toBeNull();
  });

  it('goes into one file, and out of it in another browser', async () => {
    const app = await open();
    const first = await pausedAt(2, app);
    const fingerprint = app.run.fingerprint.value;
    await app.library.rename(first, 'the fox');
    await another('5', app);
    const archive = (await app.archive.export())!;

    globalThis.indexedDB = new IDBFactory();
    const other = await open();
    await other.bring.openFile(new File([archive], 'runs.zip'));
    expect(other.archive.outcome.value).toBe('2 runs were imported.');
    expect(other.library.runs.value.map(({ name }) => name).sort()).toEqual([
      'the fox',
      'tiny stories',
    ]);
    await other.kept.open(first, 'go-on');
    expect(other.run.fingerprint.value).toBe(fingerprint);
    expect(other.recipe.recipe.value?.seed).toBe(1337);
    await other.archive.import(archive);
    expect(other.archive.outcome.value).toBe('2 runs were here already.');
    await other.archive.import(new Blob(['PK nonsense']));
    expect(other.archive.outcome.value).toMatch(/not an archive/);
  });
});
