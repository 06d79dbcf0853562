import { describe, expect, it } from 'vitest';
import { Random } from '../../../web/src/corpora/random';

describe('Random', () => {
  it('draws evenly from [0, 1)', () => {
    const random = new Random(1);
    const bins = new Array<number>(10).fill(0);
    const draws = 100_000;
    let within = true;
    for (let i = 0; i < draws; i++) {
      const value = random.next();
      within &&= value >= 0 && value < 1;
      bins[Math.floor(value * 10)]!++;
    }
    expect(within).toBe(true);
    // Binomial(100000, 0.1): a deviation of 95; six of them do not come by chance.
    const deviation = Math.sqrt(draws * 0.1 * 0.9);
    for (const bin of bins) expect(Math.abs(bin - draws / 10)).toBeLessThan(6 * deviation);
  });

  it('takes any seed, zero too', () => {
    const firsts = [0, 1, 2, -1, 2 ** 31].map((seed) => new Random(seed).next());
    expect(new Set(firsts).size).toBe(firsts.length);
  });
});
