import { describe, expect, it } from 'vitest';
import {
  chooseBuild,
  readSurroundings,
  readWishes,
  type Surroundings,
} from '../../../web/src/engine/choose-build';

const isolated: Surroundings = { crossOriginIsolated: true, sharedArrayBuffer: true, cores: 4 };
const MAX = 16;

describe('chooseBuild', () => {
  it('takes threads where memory can be shared', () => {
    expect(chooseBuild(isolated, MAX)).toEqual({ name: 'threads', threads: 3 });
  });

  it.each([
    { ...isolated, crossOriginIsolated: false },
    { ...isolated, sharedArrayBuffer: false },
  ])('takes one thread where it cannot, whatever is wished', (surroundings) => {
    const single = { name: 'single', threads: 1 };
    expect(chooseBuild(surroundings, MAX)).toEqual(single);
    expect(chooseBuild(surroundings, MAX, { name: 'threads', threads: 4 })).toEqual(single);
  });

  it.each([
    [0, 1],
    [1, 1],
    [2, 2],
    [3, 2],
    [8, 7],
    [64, 8],
  ])('on %i cores uses %i threads', (cores, threads) => {
    expect(chooseBuild({ ...isolated, cores }, MAX).threads).toBe(threads);
  });

  it('follows wishes within what the engine allows', () => {
    expect(chooseBuild(isolated, MAX, { name: 'single' }).name).toBe('single');
    expect(chooseBuild(isolated, MAX, { threads: 5 }).threads).toBe(5);
    expect(chooseBuild(isolated, MAX, { threads: 1000 }).threads).toBe(MAX);
  });
});

describe('readWishes', () => {
  it('reads build and threads', () => {
    expect(readWishes('?build=threads&threads=3')).toEqual({ name: 'threads', threads: 3 });
  });

  it.each(['', '?build=other', '?threads=0', '?threads=-1', '?threads=x', '?threads=1.5'])(
    'has no wish from "%s"',
    (search) => {
      expect(readWishes(search)).toEqual({});
    },
  );
});

describe('readSurroundings', () => {
  it('says what Node has: shared memory, no isolation', () => {
    const { crossOriginIsolated, sharedArrayBuffer } = readSurroundings(globalThis);
    expect({ crossOriginIsolated, sharedArrayBuffer }).toEqual({
      crossOriginIsolated: false,
      sharedArrayBuffer: true,
    });
  });
});
