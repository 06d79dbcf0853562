import { describe, expect, it } from 'vitest';
import {
  chooseBuild,
  mostThreads,
  readSurroundings,
  readWishes,
  type Surroundings,
} from '../../../web/src/engine/choose-build';

const isolated: Surroundings = {
  crossOriginIsolated: true,
  sharedArrayBuffer: true,
  relaxedSimd: false,
  cores: 4,
};
const MAX = 16;

describe('chooseBuild', () => {
  it('takes threads where memory can be shared', () => {
    expect(chooseBuild(isolated, MAX)).toEqual({ name: 'simd-threads', threads: 3 });
  });

  it.each([
    { ...isolated, crossOriginIsolated: false },
    { ...isolated, sharedArrayBuffer: false },
  ])('takes one thread where it cannot, whatever is wished', (surroundings) => {
    const single = { name: 'simd-single', threads: 1 };
    expect(chooseBuild(surroundings, MAX)).toEqual(single);
    expect(chooseBuild(surroundings, MAX, { kind: 'threads', threads: 4 })).toEqual(single);
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
    expect(chooseBuild(isolated, MAX, { kind: 'single' }).name).toBe('simd-single');
    expect(chooseBuild(isolated, MAX, { threads: 5 }).threads).toBe(5);
    expect(chooseBuild(isolated, MAX, { threads: 1000 }).threads).toBe(MAX);
  });

  it.each([true, false])('takes relaxed instructions where there are some: %s', (relaxedSimd) => {
    const has = { ...isolated, relaxedSimd };
    const best = relaxedSimd ? 'relaxed' : 'simd';
    expect(chooseBuild(has, MAX).name).toBe(`${best}-threads`);
    expect(chooseBuild({ ...has, crossOriginIsolated: false }, MAX).name).toBe(`${best}-single`);
    expect(chooseBuild(has, MAX, { instructions: 'simd' }).name).toBe('simd-threads');
    expect(chooseBuild(has, MAX, { instructions: 'relaxed' }).name).toBe(`${best}-threads`);
  });
});

describe('mostThreads', () => {
  it.each([
    [0, 1],
    [2, 2],
    [64, MAX],
  ])('on %i cores is %i', (cores, most) => {
    expect(mostThreads({ ...isolated, cores }, MAX)).toBe(most);
  });

  it('is one where memory cannot be shared', () => {
    expect(mostThreads({ ...isolated, crossOriginIsolated: false }, MAX)).toBe(1);
  });
});

describe('readWishes', () => {
  it.each([
    ['?build=threads&threads=3', { kind: 'threads', threads: 3 }],
    ['?build=simd', { instructions: 'simd' }],
    ['?build=relaxed-single', { instructions: 'relaxed', kind: 'single' }],
  ])('reads build and threads of "%s"', (search, wishes) => {
    expect(readWishes(search)).toEqual(wishes);
  });

  it.each(['', '?build=other', '?threads=0', '?threads=-1', '?threads=x', '?threads=1.5'])(
    'has no wish from "%s"',
    (search) => {
      expect(readWishes(search)).toEqual({});
    },
  );
});

describe('readSurroundings', () => {
  it('says what Node has: shared memory, no isolation', async () => {
    const { crossOriginIsolated, sharedArrayBuffer } = await readSurroundings(globalThis);
    expect({ crossOriginIsolated, sharedArrayBuffer }).toEqual({
      crossOriginIsolated: false,
      sharedArrayBuffer: true,
    });
  });
});
