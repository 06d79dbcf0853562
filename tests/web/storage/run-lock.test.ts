import { expect, it } from 'vitest';
import { RunLock } from '../../../web/src/storage/run-lock';
import { LocksDouble } from '../doubles/locks';

const tabs = () => {
  const { locks } = new LocksDouble();
  return [new RunLock(locks), new RunLock(locks)] as const;
};

it('a run is open in one tab at a time, and the other can tell', async () => {
  const [mine, other] = tabs();
  mine.keep(await mine.acquire('a'));
  expect(await other.acquire('a')).toBeNull();
  expect(await other.elsewhere()).toEqual(new Set(['a']));
  expect(await mine.elsewhere()).toEqual(new Set());
  const next = await mine.acquire('b');
  expect(await mine.elsewhere()).toEqual(new Set());
  mine.keep(next); // lets go of the first
  expect(await other.acquire('a')).not.toBeNull();
});

it('a tab that is only just closing is waited for', async () => {
  const [mine, other] = tabs();
  mine.keep(await mine.acquire('a'));
  const asked = other.acquire('a');
  mine.keep(null);
  expect(await asked).not.toBeNull();
});

it('nothing is done to a run that another tab has open', async () => {
  const [mine, other] = tabs();
  mine.keep(await mine.acquire('a'));
  let done = 0;
  const work = () => Promise.resolve(++done);
  expect(await other.whileFree('a', work)).toBe(false);
  expect(await mine.whileFree('a', work)).toBe(true);
  expect(await other.whileFree('b', work)).toBe(true);
  expect(done).toBe(2);
  expect(await mine.acquire('b')).not.toBeNull();
  expect(await other.acquire('a')).toBeNull(); // still held by the first
});

it.each([
  ['has no locks', undefined],
  [
    'refuses them',
    {
      request: () => Promise.reject(new DOMException('sandboxed', 'SecurityError')),
      query: () => Promise.reject(new DOMException('sandboxed', 'SecurityError')),
    },
  ],
])('where the browser %s, a run is this tab’s', async (_, locks) => {
  const lock = new RunLock(locks);
  expect(await lock.acquire('a')).not.toBeNull();
  expect(await lock.elsewhere()).toEqual(new Set());
});
