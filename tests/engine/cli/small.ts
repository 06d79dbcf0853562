// What the tests train on, small enough for dozens of processes, and what they expect of it.
import { expect } from 'vitest';
import { corpora, makeText } from '../../../web/src/corpora/corpora';
import { flags, succeed, type Folder, type Settings } from './run';

export const text = makeText({ corpus: corpora[0]!, seed: 5 }, 8_000);

export const small = {
  n_layer: 2,
  n_head: 2,
  n_embd: 16,
  block_size: 16,
  batch_size: 4,
  steps: 12,
  warmup_steps: 2,
  eval_every: 5,
  eval_batches: 2,
} satisfies Settings;

export const aNumber = expect.any(Number) as number;
export const aPositiveNumber = expect.toSatisfy((value: number) => value > 0) as number;
export const aFingerprint = expect.stringMatching(/^[0-9a-f]{16}$/) as string;

/** Trains natively and returns the run's path. */
export function trainRun(folder: Folder, name: string, recipe: Settings, content = text): string {
  const out = folder.at(name);
  succeed('train', '--text', folder.write(`${name}.txt`, content), '--out', out, ...flags(recipe));
  return out;
}
