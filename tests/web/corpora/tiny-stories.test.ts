import { describe, expect, it } from 'vitest';
import { corpora } from '../../../web/src/corpora/corpora';
import { Random } from '../../../web/src/corpora/random';
import { tinyStories } from '../../../web/src/corpora/tiny-stories';

describe('tinyStories', () => {
  it('is the same text for the same seed, another for another', () => {
    expect(tinyStories(3, 5000)).toBe(tinyStories(3, 5000));
    expect(tinyStories(3, 5000)).not.toBe(tinyStories(4, 5000));
  });

  it('is as long as asked, up to the end of a story', () => {
    for (const length of [0, 1, 1000, 50_000]) {
      const text = tinyStories(1, length);
      expect(text.length).toBeGreaterThanOrEqual(length);
      expect(text.length).toBeLessThan(length + 1000);
      if (length > 0) expect(text).toMatch(/[.!"]\n\n$/);
    }
  });

  it('tells well-formed stories, hardly one of them twice', () => {
    const stories = tinyStories(1, 100_000).trim().split('\n\n');
    expect(new Set(stories).size / stories.length).toBeGreaterThan(0.99);
    for (const story of stories) {
      expect(story).toMatch(/^Once there was a /);
      expect(story).not.toMatch(/undefined|\[object|\s\s|\ba [aeiou]/);
    }
  });
});

it('every sample corpus is a text of 200 to 400 kB in ASCII', () => {
  for (const { make } of corpora) {
    const text = make();
    expect(text.length).toBeGreaterThan(200_000);
    expect(text.length).toBeLessThan(400_000);
    expect(text).toMatch(/^[\n -~]*$/);
  }
});

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
