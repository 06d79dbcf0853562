// The modules that look inside a model. Each is loaded when something is first asked of it, and each
// is kept small: a side that needs much code of its own gets one of its own, whose class begins as
// Subject does (engine/bindings/inspect/subject.h).
import type * as anatomy from '../engine/generated/anatomy/anatomy.mjs';
import type * as bench from '../engine/generated/bench/bench.mjs';
import type * as health from '../engine/generated/health/health.mjs';
import type * as inspect from '../engine/generated/inspect/inspect.mjs';
import type * as proof from '../engine/generated/proof/proof.mjs';

export interface Modules {
  readonly inspect: () => Promise<Pick<inspect.MainModule, 'Inspection'>>;
  readonly anatomy: () => Promise<Pick<anatomy.MainModule, 'Anatomy'>>;
  readonly proof: () => Promise<Pick<proof.MainModule, 'Proof'>>;
  readonly health: () => Promise<Pick<health.MainModule, 'HealthCheck'>>;
  readonly bench: () => Promise<Pick<bench.MainModule, 'benchmark'>>;
}

// A module could not be had: it may be at another time.
export class NotLoaded extends Error {}

// Loaded once; what failed is tried again when it is asked for again.
export function once<M>(load: () => Promise<M>): () => Promise<M> {
  let loading: Promise<M> | null = null;
  return () =>
    (loading ??= load().catch((reason: unknown) => {
      loading = null;
      throw new NotLoaded(
        `what this needs could not be loaded (${reason instanceof Error ? reason.message : String(reason)}). ` +
          'Look at the connection, and open it again.',
      );
    }));
}

export const modules: Modules = {
  inspect: async () => (await import('../engine/generated/inspect/inspect.mjs')).default(),
  anatomy: async () => (await import('../engine/generated/anatomy/anatomy.mjs')).default(),
  proof: async () => (await import('../engine/generated/proof/proof.mjs')).default(),
  health: async () => (await import('../engine/generated/health/health.mjs')).default(),
  bench: async () => (await import('../engine/generated/bench/bench.mjs')).default(),
};
