import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DATABASE, VERSION } from '../../../web/src/storage/database';
import { problemOf } from '../../../web/src/storage/problem';
import { RunStore } from '../../../web/src/storage/run-store';
import { makeKept, makeRecord } from '../doubles/records';

const record = makeRecord();
const { kept } = record;
const file = new Uint8Array([1, 2, 3]);

let store: RunStore;
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  store = new RunStore();
});
afterEach(() => vi.restoreAllMocks());

describe('a checkpoint', () => {
  it('comes back as it was, with what is known of its run', async () => {
    expect(await store.keep(record, kept, file)).toBe(false);
    expect(await store.keep(record, kept, file)).toBe(true);
    const other = new RunStore(); // as after a reload
    expect(await other.list()).toEqual({ records: [record], unreadable: [] });
    expect(await other.checkpoint('a')).toEqual(file);
  });

  it('leaves a name that was given meanwhile', async () => {
    await store.keep(record, kept, file);
    await store.change('a', { name: 'renamed' });
    await store.keep(record, kept, file);
    expect((await store.find('a'))?.name).toBe('renamed');
  });

  it('that cannot be written whole leaves the one before whole', async () => {
    await store.keep(record, kept, file);
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called on its own object below
    const whole = IDBObjectStore.prototype.put;
    const put = vi.spyOn(IDBObjectStore.prototype, 'put');
    put.mockImplementation(function (this: IDBObjectStore, ...values) {
      if (this.name === 'runs') throw new DOMException('no room', 'QuotaExceededError');
      return whole.apply(this, values);
    });
    const newer = makeKept({ step: 9 });
    const failed = store.keep(record, newer, new Uint8Array(9)).catch(problemOf);
    expect(await failed).toMatchObject({ kind: 'full' });
    put.mockRestore();
    expect((await store.find('a'))?.kept?.step).toBe(2);
    expect(await store.checkpoint('a')).toEqual(file);
  });

  it('is found again once a lost connection has been noticed', async () => {
    await store.keep(record, kept, file);
    // A newer page upgrades: this one's connection closes.
    const newer = await openDB(DATABASE, VERSION + 1);
    newer.close();
    await expect(store.checkpoint('a').catch(problemOf)).resolves.toMatchObject({ kind: 'newer' });
  });
});

describe('the states that a run can go back to', () => {
  const states = [{ step: 1, loss: NaN, file }];

  it('outlive the tab, and go where they are replaced or their run is removed', async () => {
    await store.keep(record, kept, file);
    await store.keepEarlier('a', states);
    expect(await new RunStore().earlier('a')).toEqual(states);
    await store.keepEarlier('a', []);
    expect(await store.earlier('a')).toEqual([]);
    await store.keepEarlier('a', states);
    await store.remove(['a']);
    expect(await store.earlier('a')).toEqual([]);
  });

  it('are not kept of a run that is not', async () => {
    await store.keepEarlier('a', states);
    expect(await store.earlier('a')).toEqual([]);
  });

  it('have room in a storage of a version that knew of none', async () => {
    const before = await openDB(DATABASE, 1, {
      upgrade: (fresh) => ['runs', 'checkpoints'].forEach((name) => fresh.createObjectStore(name)),
    });
    await before.put('runs', record, 'a');
    before.close();
    expect((await store.list()).records).toEqual([record]);
    await store.keepEarlier('a', states);
    expect(await store.earlier('a')).toEqual(states);
  });
});

describe('what is stored is not trusted', () => {
  const spoil = async (name: 'runs' | 'checkpoints' | 'writings' | 'earlier', value: unknown) => {
    const database = await openDB(DATABASE, VERSION);
    await database.put(name, value, 'a');
    database.close();
  };

  it.each([
    ['text', 'nonsense'],
    ['another run’s record', { ...record, id: 'b' }],
    ['a name that is none', { ...record, name: 7 }],
    ['a step that is none', { ...record, kept: { ...kept, step: -1 } }],
    ['a setting out of its range', { ...record, kept: { ...kept, recipe: { n_layer: 1e9 } } }],
  ])('a record that is %s is left out', async (_, value) => {
    await store.keep(record, kept, file);
    await spoil('runs', value);
    expect(await store.list()).toEqual({ records: [], unreadable: ['a'] });
  });

  it('a curve that is damaged is none', async () => {
    await store.keep(record, kept, file);
    const curve = { ...kept.curve, losses: new Float32Array(5) };
    await spoil('runs', { ...record, kept: { ...kept, curve } });
    const found = (await store.find('a'))!.kept.curve;
    expect(found.losses).toHaveLength(0);
    expect(found.valLosses).toEqual(kept.curve.valLosses);
  });

  it('a checkpoint that is none is none', async () => {
    await store.keep(record, kept, file);
    await spoil('checkpoints', { step: 1, file: 'weights' });
    expect(await store.checkpoint('a')).toBeNull();
  });

  it('of states, those that are none are left out', async () => {
    await store.keep(record, kept, file);
    const sound = { step: 1, loss: 2, file };
    await spoil('earlier', [7, { ...sound, step: -1 }, { ...sound, file: 'weights' }, sound]);
    expect(await store.earlier('a')).toEqual([sound]);
    await spoil('earlier', 'nonsense');
    expect(await store.earlier('a')).toEqual([]);
  });

  it('of writings, those that are none are left out, and the others bounded', async () => {
    await store.keep(record, kept, file);
    const sound = { step: 1, prompt: 'a', asked: false, text: 'b'.repeat(1e5) };
    await spoil('writings', [7, { step: 'x' }, sound]);
    const found = await store.writings('a');
    expect(found).toHaveLength(1);
    expect(found[0]?.text.length).toBeLessThan(1e5);
  });
});

it('of a removed run nothing stays', async () => {
  await store.keep(record, kept, file);
  await store.keepWritings('a', [{ step: 1, prompt: '', asked: false, text: 'x' }]);
  await store.remove(['a']);
  expect((await store.list()).records).toEqual([]);
  expect(await store.checkpoint('a')).toBeNull();
  expect(await store.writings('a')).toEqual([]);
});

it('a browser that has no storage says so', async () => {
  Reflect.deleteProperty(globalThis, 'indexedDB');
  expect(await new RunStore().list().catch(problemOf)).toMatchObject({ kind: 'denied' });
});
