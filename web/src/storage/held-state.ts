import type { EarlierState } from '../protocol/to-page';
import { readCount, readFields } from './read-value';

/** A state that a run has had, as the engine saved it. */
export interface HeldState extends EarlierState {
  readonly file: Uint8Array;
}

/** What was stored, as far as it is that. Whether the weights are sound, the engine says. */
export function readStates(value: unknown): readonly HeldState[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) => {
    const fields = readFields(each);
    const step = readCount(fields?.step);
    const { loss, file } = fields ?? {};
    if (step === null || typeof loss !== 'number' || !(file instanceof Uint8Array)) return [];
    return [{ step, loss, file }];
  });
}
