import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { corpora, FIRST_SEED, LAST_SEED, makeText } from '../../../web/src/corpora/corpora';

// A link names a text by its corpus and seed: a generator that comes to write another text breaks
// the links that there are.
const DIGESTS: Readonly<Record<string, string>> = {
  'tiny-stories': '404b717411c83e6a',
  arithmetic: '18a46c903719e6d7',
  dates: '0f19f955b7189d10',
  'sorted-lists': '32df4659fcddfe71',
  brackets: 'b92be351e0ec0ddf',
};

describe.each(corpora)('$name', (corpus) => {
  it('is the same text for the same seed, on every machine', () => {
    const digest = createHash('sha256').update(makeText({ corpus, seed: FIRST_SEED }));
    expect(digest.digest('hex').slice(0, 16)).toBe(DIGESTS[corpus.key]);
  });

  it('begins differently for every seed', () => {
    const beginnings = new Set<string>();
    for (let seed = FIRST_SEED; seed <= LAST_SEED; seed++) {
      beginnings.add(makeText({ corpus, seed }, 120));
    }
    expect(beginnings.size).toBe(LAST_SEED - FIRST_SEED + 1);
  });

  it('is a text of 300 kB in ASCII, of whole passages, in the form it says', () => {
    const text = makeText({ corpus, seed: 2 });
    expect(text.length).toBeGreaterThanOrEqual(300_000);
    expect(text.length).toBeLessThan(301_000);
    expect(text).toMatch(/^[\n -~]*\n$/);
    expect(text).toMatch(corpus.form);
  });

  it('is as long as asked, up to the end of a passage', () => {
    for (const length of [0, 1, 1000, 50_000]) {
      const text = makeText({ corpus, seed: 1 }, length);
      expect(text.length).toBeGreaterThanOrEqual(length);
      expect(text.length).toBeLessThan(length + 1000);
    }
  });

  it('says in one sentence what it teaches', () => {
    expect(corpus.teaches).toMatch(/^[A-Z][^.!?]+\.$/);
  });
});
