import type { HeldState } from '../../../web/src/storage/held-state';
import type { Surroundings } from '../../../web/src/worker/host';

type Used = Surroundings['store'];

// Of the store of kept runs what a worker uses: it remembers earlier states, and nothing else.
export function makeStoreDouble(over: Partial<Used> = {}): Used {
  const earlier = new Map<string, readonly HeldState[]>();
  return {
    keep: () => Promise.resolve(false),
    earlier: (id) => Promise.resolve(earlier.get(id) ?? []),
    keepEarlier: (id, states) => Promise.resolve(void earlier.set(id, states)),
    ...over,
  };
}
