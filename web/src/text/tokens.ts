// A text as its tokens, a few at a time: no more of it is looked at than is shown.
import { byteOf, codePointAt, type Analysis } from './analysis';
import { stepUtf8 } from './utf8';

export interface TokenPiece {
  readonly id: number;
  readonly shown: string; // one or a few signs that can be seen
  readonly name: string; // what it is, in words
  readonly breaks: boolean; // a line ends with it
}

const LINE_FEED = 10;

// `count` tokens from the `first` on; fewer at the end. REQUIRES: `bytes` is without a mark.
export function tokensAt(
  bytes: Uint8Array,
  analysis: Analysis,
  byteTokens: boolean,
  first: number,
  count: number,
): TokenPiece[] {
  if (byteTokens) return [...bytes.subarray(first, first + count)].map(bytePiece);
  const pieces: TokenPiece[] = [];
  for (let at = byteOf(bytes, analysis.index, first); at < bytes.length && pieces.length < count;) {
    const length = Math.abs(stepUtf8(bytes, at));
    pieces.push(characterPiece(codePointAt(bytes, at, length), analysis));
    at += length;
  }
  return pieces;
}

function bytePiece(byte: number): TokenPiece {
  const sign = byte < 0x80 ? signOf(byte) : null;
  const hex = hexOf([byte]);
  const name = sign === null ? `byte ${hex}` : `${nameOf(byte)}, byte ${hex}`;
  return { id: byte, shown: sign ?? hex, name, breaks: byte === LINE_FEED };
}

function hexOf(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
}

// A token of one byte or several, which may end or begin within a character.
export function pairPiece(id: number, bytes: Uint8Array): TokenPiece {
  if (bytes.length === 1) return bytePiece(id);
  let shown = '';
  for (let at = 0; at < bytes.length;) {
    const step = stepUtf8(bytes, at);
    const length = Math.abs(step);
    const codePoint = codePointAt(bytes, at, length);
    shown +=
      step > 0
        ? (signOf(codePoint) ?? unicodeName(codePoint))
        : hexOf(bytes.subarray(at, at + length));
    at += length;
  }
  return {
    id,
    shown,
    name: `“${shown}”, ${bytes.length} bytes`,
    breaks: bytes.includes(LINE_FEED),
  };
}

function characterPiece(codePoint: number, { vocabulary }: Analysis): TokenPiece {
  return {
    id: rankOf(codePoint, vocabulary),
    shown: signOf(codePoint) ?? unicodeName(codePoint),
    name: `${nameOf(codePoint)}, ${unicodeName(codePoint)}`,
    breaks: codePoint === LINE_FEED,
  };
}

// The engine numbers characters in the order of their code points.
function rankOf(codePoint: number, vocabulary: Analysis['vocabulary']): number {
  let [low, high] = [0, vocabulary.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (vocabulary[middle]!.codePoint < codePoint) low = middle + 1;
    else high = middle;
  }
  return low;
}

const signs: Readonly<Record<number, readonly [sign: string, name: string]>> = {
  9: ['\u2192', 'tab'],
  10: ['\u21b5', 'line end'],
  13: ['\u240d', 'carriage return'],
  32: ['\u00b7', 'space'],
  0xa0: ['\u237d', 'no-break space'],
};

const UNSEEN = /^[\p{C}\p{Z}\p{M}]$/u; // what shows nothing of its own, or joins what is before it

// A sign that can be seen for the character; null where it has none.
export function signOf(codePoint: number): string | null {
  const character = String.fromCodePoint(codePoint);
  return signs[codePoint]?.[0] ?? (UNSEEN.test(character) ? null : character);
}

export function nameOf(codePoint: number): string {
  const named = signs[codePoint]?.[1];
  return named ?? (signOf(codePoint) === null ? 'unseen' : `“${String.fromCodePoint(codePoint)}”`);
}

export function unicodeName(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}
