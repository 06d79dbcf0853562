import { describe, expect, it } from 'vitest';
import { piecesOf, splitOf } from '../../../web/src/text/pairs';
import { pairPiece } from '../../../web/src/text/tokens';

const utf8 = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

describe('the pieces of merges', () => {
  const pieces = piecesOf('116 104,256 101,32 257,231 139,259 144');

  it('are the bytes, and what was made of two earlier ones each', () => {
    expect(pieces).toHaveLength(261);
    expect(pieces[0xe7]).toEqual(Uint8Array.of(0xe7));
    expect(pieces.slice(256, 259).map(textOf)).toEqual(['th', 'the', ' the']);
    expect(textOf(pieces[260])).toBe('狐');
    expect(piecesOf('')).toHaveLength(256);
  });

  it('tell at which byte the held-out part begins', () => {
    const tokens = { ids: Uint32Array.of(257, 258, 260, 33), pieces };
    expect(splitOf(tokens, 0)).toBe(11);
    expect(splitOf(tokens, 0.3)).toBe(7); // two of four
    expect(splitOf(tokens, 0.25)).toBe(10);
  });
});

describe('pairPiece', () => {
  it.each([
    [' the', '·the', '“·the”, 4 bytes', false],
    ['a\n\n', 'a↵↵', '“a↵↵”, 3 bytes', true],
    ['狐\u200b', '狐U+200B', '“狐U+200B”, 6 bytes', false],
  ])('shows %j by its signs', (text, shown, name, breaks) => {
    expect(pairPiece(300, utf8(text))).toEqual({ id: 300, shown, name, breaks });
  });

  it('shows what is no character by its bytes', () => {
    const { shown, name } = pairPiece(300, Uint8Array.of(0x90, 0x20, 0xe7, 0x8b));
    expect(shown).toBe('90·E78B');
    expect(name).toBe('“90·E78B”, 4 bytes');
  });

  it('names a single byte as the tokens of bytes do', () => {
    expect(pairPiece(0xe7, Uint8Array.of(0xe7))).toMatchObject({ shown: 'E7', name: 'byte E7' });
    expect(pairPiece(10, Uint8Array.of(10))).toMatchObject({ shown: '↵', breaks: true });
  });
});
