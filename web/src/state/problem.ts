import type { EngineError } from '../engine/types';

// Where on the page a problem is told: beside what caused it.
export type Place = 'text' | 'recipe' | 'run';

export function placeOf(error: EngineError): Place {
  if (error.code === 'text') return 'text';
  if (error.code === 'setting' || error.code === 'memory') return 'recipe';
  return 'run';
}
