import { defaultRecipe } from '../../../web/src/recipe/schema';
import { makeCurve } from '../../../web/src/storage/curve';
import type { Kept, RunRecord } from '../../../web/src/storage/run-record';

export function makeKept(changes: Partial<Kept> = {}): Kept {
  const curve = makeCurve([4, 3], { steps: [0, 2], trainLosses: [4, 3], valLosses: [4, 3.5] });
  const about = { at: 1000, step: 2, bytes: 3, training: true };
  return { ...about, recipe: defaultRecipe, curve, ...changes };
}

export function makeRecord(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    id: 'a',
    name: 'fox',
    colour: 1,
    createdAt: 500,
    text: { name: 'fox.txt', corpus: null },
    forkedFrom: null,
    deletedAt: null,
    kept: makeKept(),
    ...changes,
  };
}
