import type { EngineError } from '../engine/types';
import type { InspectAnswer } from './messages';

// Arrays that a module returns are copies of its memory, which is not shared.
export const own = (floats: Float32Array) => floats as Float32Array<ArrayBuffer>;

export const refused = (error: object): InspectAnswer => ({
  type: 'refused',
  error: error as EngineError,
});
