// A worker that is ended from outside, its memory wanted elsewhere, says nothing. It holds a lock for as
// long as it lives: who is granted that knows that it is gone. Where a browser has no locks (a page that
// is not secure), nobody does.
const PREFIX = 'clearformer-engine-';

// As much of LockManager as is used.
export type Locks = Pick<LockManager, 'request'>;

/** Holds a lock of its own until the worker ends; `tell` is called with its name once it is held. */
export function holdLifeline(
  tell: (lifeline: string) => void,
  locks: Locks | undefined = globalThis.navigator?.locks,
): void {
  const lifeline = PREFIX + String(crypto.getRandomValues(new Uint32Array(2)));
  const held = locks?.request(lifeline, () => {
    tell(lifeline);
    return new Promise(() => {}); // for good
  });
  held?.catch(() => undefined); // a browser that lends none
}

/** Calls `gone` when the worker that told this name is no more. */
export function watchLifeline(
  lifeline: string,
  gone: () => void,
  locks: Locks | undefined = globalThis.navigator?.locks,
): void {
  locks?.request(lifeline, gone).catch(() => undefined);
}
