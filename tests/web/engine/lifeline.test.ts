import { expect, it, vi } from 'vitest';
import { holdLifeline, watchLifeline, type Locks } from '../../../web/src/engine/lifeline';

// Locks of one name each: a request waits until the one before it has come to its end.
function makeLocks() {
  const ends: Record<string, () => void> = {};
  const queues = new Map<string, Promise<unknown>>();
  const request = (name: string, work: () => unknown) => {
    const turn = (queues.get(name) ?? Promise.resolve()).then(() =>
      Promise.race([work(), new Promise<void>((end) => (ends[name] = end))]),
    );
    queues.set(name, turn);
    return turn;
  };
  return { locks: { request } as unknown as Locks, end: (name: string) => ends[name]!() };
}

it('a worker that ends is missed, then and not before', async () => {
  const { locks, end } = makeLocks();
  const lifeline = await new Promise<string>((tell) => holdLifeline(tell, locks));
  const gone = vi.fn();
  watchLifeline(lifeline, gone, locks);
  await new Promise((later) => setTimeout(later, 10));
  expect(gone).not.toHaveBeenCalled();
  end(lifeline);
  await vi.waitFor(() => expect(gone).toHaveBeenCalledOnce());
});

it('each worker has a lifeline of its own', async () => {
  const { locks } = makeLocks();
  const name = () => new Promise<string>((tell) => holdLifeline(tell, locks));
  expect(await name()).not.toBe(await name());
});

it('where there are no locks, or none to be had, nothing is held and nothing fails', async () => {
  const tell = vi.fn();
  holdLifeline(tell, undefined);
  watchLifeline('none', tell, undefined);
  const denied = { request: () => Promise.reject(new DOMException('no', 'SecurityError')) };
  holdLifeline(tell, denied);
  watchLifeline('none', tell, denied);
  await new Promise((later) => setTimeout(later));
  expect(tell).not.toHaveBeenCalled();
});
