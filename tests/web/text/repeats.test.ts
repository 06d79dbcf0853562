import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PIECE, repeatedShare } from '../../../web/src/text/repeats';

const utf8 = (text: string) => new TextEncoder().encode(text);

// The same by looking for each piece in turn.
function bySearching(text: string, splitAt: number): number | null {
  const training = text.slice(0, splitAt);
  let [all, found] = [0, 0];
  for (let at = splitAt; at + PIECE <= text.length; at += PIECE) {
    all++;
    if (training.includes(text.slice(at, at + PIECE))) found++;
  }
  return all === 0 ? null : found / all;
}

describe('repeatedShare', () => {
  const sentence = 'The quick brown fox jumps over the lazy dog, twice and thrice. ';
  const other = 'Pack my box with five dozen liquor jugs, then ship them to Oslo.';

  it('is all, nothing, or half of it', () => {
    const split = sentence.length;
    expect(repeatedShare(utf8(sentence + sentence.slice(0, 32)), split)).toBe(1);
    expect(repeatedShare(utf8(sentence + other), split)).toBe(0);
    expect(repeatedShare(utf8(sentence + sentence.slice(5, 37) + other.slice(0, 32)), split)).toBe(
      0.5,
    );
  });

  it('finds what ends the training part, and not what goes over the split', () => {
    const split = sentence.length;
    expect(repeatedShare(utf8(sentence + sentence.slice(-32)), split)).toBe(1);
    const text = sentence + 'x'.repeat(31) + 'x'.repeat(33);
    expect(repeatedShare(utf8(text), split)).toBe(0);
  });

  it('is not told of less than one piece', () => {
    expect(repeatedShare(utf8(sentence + 'short'), sentence.length)).toBeNull();
    expect(repeatedShare(new Uint8Array(), 0)).toBeNull();
    expect(repeatedShare(utf8(sentence), 0)).toBe(0);
  });

  it('agrees with searching, whatever the text', () => {
    // Few letters, so that there is much to find.
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });
    fc.assert(
      fc.property(letters, letters, fc.nat(400), (a, b, split) => {
        const text = (a.repeat(9) + b + a.repeat(5) + b.repeat(20)).slice(0, 500);
        const splitAt = Math.min(split, text.length);
        expect(repeatedShare(utf8(text), splitAt)).toBe(bySearching(text, splitAt));
      }),
      { numRuns: 500 },
    );
  });

  it('takes no longer for a text that is all the same', () => {
    const same = new Uint8Array(20_000_000).fill(97);
    const startedAt = performance.now();
    expect(repeatedShare(same, 18_000_000)).toBe(1);
    // A comparison at every place, let alone of every two pieces, would take far longer.
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});
