import { describe, expect, it } from 'vitest';
import { defaultRecipe } from '../../../web/src/recipe/schema';
import { offerKind, offerSentence, storageWords } from '../../../web/src/state/kept-words';
import { lookOf, nextColour, runLooks } from '../../../web/src/state/run-colours';
import { differences } from '../../../web/src/state/run-differences';
import { forkName, freshName } from '../../../web/src/state/run-names';
import { StorageRoom, type StorageLike } from '../../../web/src/state/storage-room';
import { makeKept, makeRecord } from '../doubles/records';

describe('names', () => {
  const taken = [{ name: 'fox' }, { name: 'fox 2' }];
  it.each([
    ['owl', 'owl'],
    ['fox', 'fox 3'],
    ['  ', 'run'],
    ['x'.repeat(500), 'x'.repeat(55)],
  ])('%j is called %j', (wanted, name) => expect(freshName(wanted, taken)).toBe(name));

  it('a fork of a fork is a fork', () => {
    expect(forkName('fox')).toBe('fox, forked');
    expect(forkName('fox, forked 2')).toBe('fox, forked');
  });
});

describe('colours', () => {
  it('go round before one comes twice', () => {
    const runs: { colour: number }[] = [];
    for (let i = 0; i < runLooks.length; i++) runs.push({ colour: nextColour(runs) });
    expect(new Set(runs.map(({ colour }) => colour)).size).toBe(runLooks.length);
  });

  it('come with dashes of their own', () => {
    expect(new Set(runLooks.map(({ dash }) => dash.join())).size).toBe(runLooks.length);
    expect(lookOf({ colour: 1e9 })).toBeDefined();
  });
});

describe('a comparison', () => {
  const of = (text: string, changes: object) =>
    makeRecord({
      text: { name: text, corpus: null },
      kept: makeKept({ recipe: { ...defaultRecipe, ...changes } }),
    });

  it('shows what differs, and nothing else', () => {
    const runs = [
      of('fox', { lr: 0.1, bias: true }),
      of('fox', { lr: 0.2 }),
      of('owl', { lr: 0.1 }),
    ];
    expect(differences(runs)).toEqual([
      { label: 'Text', values: ['fox', 'fox', 'owl'] },
      { label: 'Biases', values: ['yes', 'no', 'no'] },
      { label: 'Learning rate', values: ['0.1', '0.2', '0.1'] },
    ]);
  });
});

describe('what is said of a kept run', () => {
  const recipe = { ...defaultRecipe, steps: 100 };
  const at = (step: number, training: boolean) =>
    makeRecord({ kept: makeKept({ at: 0, step, training, recipe }) });

  it.each([
    [
      at(40, true),
      false,
      'go-on',
      '“fox” was cut short; it was kept at step 40 of 100, 2 min ago.',
    ],
    [at(40, false), false, 'open', '“fox” is paused and kept at step 40 of 100, 2 min ago.'],
    [at(100, false), false, 'open', '“fox” is done and kept, step 100 of 100, 2 min ago.'],
    [
      at(40, true),
      true,
      'elsewhere',
      '“fox” is open in another tab, which kept it at step 40 of 100.',
    ],
  ] as const)('%#', (record, elsewhere, kind, sentence) => {
    expect(offerKind(record, elsewhere)).toBe(kind);
    expect(offerSentence(record, kind, 120_000)).toBe(sentence);
  });

  it('how much there is, of how much, and the promise', () => {
    const runs = [at(1, false)];
    expect(storageWords([], null, null)).toBe('0 runs, 0 B.');
    expect(storageWords(runs, 2e9, true)).toBe(
      '1 run, 3 B of 2.00 GB. The browser promised to keep them.',
    );
    expect(storageWords(runs, 2e9, false)).toMatch(/may clear them .*: export what matters\.$/);
  });
});

describe('the browser’s promise', () => {
  const browser = (answer: Partial<StorageLike>) =>
    new StorageRoom({
      estimate: () => Promise.resolve({ quota: 100 }),
      persisted: () => Promise.resolve(false),
      persist: () => Promise.resolve(true),
      ...answer,
    });

  it('is asked for once, and its answer kept', async () => {
    let asked = 0;
    const room = browser({ persist: () => Promise.resolve(++asked > 1) });
    await room.look();
    expect([room.promised.value, room.allowed.value]).toEqual([null, 100]);
    await room.ask();
    await room.ask();
    expect([asked, room.promised.value]).toEqual([1, false]);
  });

  it('is not asked for where it was given before', async () => {
    const room = browser({
      persisted: () => Promise.resolve(true),
      persist: () => Promise.reject(new Error('was asked')),
    });
    await room.look();
    await room.ask();
    expect(room.promised.value).toBe(true);
  });

  it('is none where the browser has no such thing', async () => {
    const room = new StorageRoom(undefined);
    await room.ask();
    expect(room.promised.value).toBe(false);
  });
});
