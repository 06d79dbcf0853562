import { describe, expect, it } from 'vitest';
import { OneTry, shouldReload, type Standing } from '../../../web/src/offline/isolation';

const good: Standing = { isolated: false, framed: false, untouched: true, triedBefore: false };

describe('a page without isolation is loaded again', () => {
  it('once, where nobody has touched it', () => {
    expect(shouldReload(good)).toBe(true);
  });

  it.each<{ readonly where: string; readonly change: Partial<Standing> }>([
    { where: 'has what it needs', change: { isolated: true } },
    { where: 'is in a frame', change: { framed: true } },
    { where: 'is in use', change: { untouched: false } },
    { where: 'was loaded again before', change: { triedBefore: true } },
    { where: 'cannot remember whether it was', change: { triedBefore: null } },
  ])('not where it $where', ({ change }) => {
    expect(shouldReload({ ...good, ...change })).toBe(false);
  });
});

describe('the one try', () => {
  function storage(): Storage {
    const kept = new Map<string, string>();
    return {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    } as Storage;
  }

  it('is remembered until it is cleared', () => {
    const kept = storage();
    const guard = new OneTry(() => kept);
    expect(guard.read()).toBe(false);
    expect(guard.mark()).toBe(true);
    expect(new OneTry(() => kept).read()).toBe(true);
    guard.clear();
    expect(guard.read()).toBe(false);
  });

  it('is not taken where storage is forbidden', () => {
    const guard = new OneTry(() => {
      throw new DOMException('forbidden', 'SecurityError');
    });
    expect(guard.read()).toBeNull();
    expect(guard.mark()).toBe(false);
    expect(() => guard.clear()).not.toThrow();
  });
});
