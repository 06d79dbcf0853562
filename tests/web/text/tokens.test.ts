import { describe, expect, it } from 'vitest';
import { analyse } from '../../../web/src/text/analysis';
import { tokensAt } from '../../../web/src/text/tokens';

function tokens(text: string, byteTokens: boolean, first: number, count: number) {
  const bytes = new TextEncoder().encode(text);
  return tokensAt(bytes, analyse(bytes, { byteTokens, held: 0 }), byteTokens, first, count);
}

describe('tokensAt', () => {
  it('shows characters, numbered as the engine numbers them', () => {
    expect(tokens('b a\n狐', false, 0, 9)).toEqual([
      { id: 3, shown: 'b', name: '“b”, U+0062', breaks: false },
      { id: 1, shown: '·', name: 'space, U+0020', breaks: false },
      { id: 2, shown: 'a', name: '“a”, U+0061', breaks: false },
      { id: 0, shown: '↵', name: 'line end, U+000A', breaks: true },
      { id: 4, shown: '狐', name: '“狐”, U+72D0', breaks: false },
    ]);
  });

  it('shows bytes, those that are no character by their number', () => {
    expect(tokens('aé', true, 0, 9).map(({ id, shown }) => [id, shown])).toEqual([
      [0x61, 'a'],
      [0xc3, 'C3'],
      [0xa9, 'A9'],
    ]);
  });

  it('begins anywhere and ends with the text', () => {
    const text = 'abcdé'.repeat(3000);
    expect(
      tokens(text, false, 9_998, 4)
        .map(({ shown }) => shown)
        .join(''),
    ).toBe('déab');
    expect(
      tokens(text, false, 14_999, 100)
        .map(({ shown }) => shown)
        .join(''),
    ).toBe('é');
    expect(tokens(text, false, 15_000, 100)).toEqual([]);
  });

  it('shows what cannot be seen by its code point', () => {
    const shown = tokens('\u200b\u0301\u0001\u202e', false, 0, 9).map((token) => token.shown);
    expect(shown).toEqual(['U+200B', 'U+0301', 'U+0001', 'U+202E']);
  });
});
