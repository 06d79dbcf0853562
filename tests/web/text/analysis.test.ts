import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse, byteOf, trainTokens } from '../../../web/src/text/analysis';

const utf8 = (text: string) => new TextEncoder().encode(text);
const characters = { byteTokens: false, held: 0.1 };

describe('analyse', () => {
  it('counts characters and lines', () => {
    const { characters: n, lines, vocabulary } = analyse(utf8('aé狐🦊a\nb'), characters);
    expect(n).toBe(7);
    expect(lines).toBe(2);
    const counts = vocabulary.map(({ codePoint, count }) => [
      String.fromCodePoint(codePoint),
      count,
    ]);
    expect(counts).toEqual([
      ['\n', 1],
      ['a', 2],
      ['b', 1],
      ['é', 1],
      ['狐', 1],
      ['🦊', 1],
    ]);
  });

  it.each([
    ['', 0],
    ['a', 1],
    ['a\n', 1],
    ['a\nb', 2],
    ['\n\n', 2],
  ])('of %j counts %i lines', (text, lines) => {
    expect(analyse(utf8(text), characters).lines).toBe(lines);
  });

  it('leaves a byte order mark out', () => {
    expect(analyse(utf8('\ufeffab'), characters)).toMatchObject({ characters: 2 });
  });

  it('finds any character of any text again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), fc.nat(20_000), (piece, at) => {
        const text = [...`${piece}é`.repeat(400)];
        const character = at % (text.length + 1);
        const bytes = utf8(text.join(''));
        const { index } = analyse(bytes, characters);
        expect(byteOf(bytes, index, character)).toBe(
          utf8(text.slice(0, character).join('')).length,
        );
      }),
      { numRuns: 50 },
    );
  });

  it('splits where the engine does, by characters or by bytes', () => {
    const text = 'ab'.repeat(40) + '狐'.repeat(20); // 100 characters, 140 bytes
    expect(analyse(utf8(text), { byteTokens: false, held: 0.1 }).splitAt).toBe(80 + 10 * 3);
    expect(analyse(utf8(text), { byteTokens: true, held: 0.1 }).splitAt).toBe(126);
    expect(analyse(utf8(text), { byteTokens: false, held: 0 }).splitAt).toBe(140);
    expect(trainTokens(999, 0.1)).toBe(899);
  });
});
