// What a text is made of: its characters, how often each stands in it, where it is split, and how
// much of the held-out part the other one tells already.
import { repeatedShare } from './repeats';
import { stepUtf8, withoutMark } from './utf8';

export interface CharacterCount {
  readonly codePoint: number;
  readonly count: number;
}

export interface Analysis {
  readonly characters: number;
  readonly lines: number;
  readonly vocabulary: readonly CharacterCount[]; // in the order of code points
  readonly index: Uint32Array; // the byte at which every INDEX_STRIDEth character begins
  readonly splitAt: number; // the byte at which the held-out part begins
  // The share of the held-out part that stands in the training part word for word; null where the
  // part is too short to say.
  readonly repeated: number | null;
}

export interface Split {
  readonly byteTokens: boolean; // a token is a byte, and not a character
  readonly held: number; // the share that is held out, 0 to 1
  readonly splitAt?: number; // where tokens are neither
}

export const INDEX_STRIDE = 4096;
const CODE_POINTS = 0x110000;
const LINE_FEED = 10;

// How many of the tokens are for training: as the engine splits them.
export function trainTokens(tokens: number, held: number): number {
  return Math.floor(tokens * (1 - held));
}

// REQUIRES: `text` is UTF-8. Takes time linear in its length.
export function analyse(text: Uint8Array, { byteTokens, held, splitAt: given }: Split): Analysis {
  const bytes = withoutMark(text);
  const counts = new Uint32Array(CODE_POINTS);
  const index: number[] = [];
  let characters = 0;
  for (let at = 0; at < bytes.length; characters++) {
    if (characters % INDEX_STRIDE === 0) index.push(at);
    const length = Math.abs(stepUtf8(bytes, at));
    counts[codePointAt(bytes, at, length)]!++;
    at += length;
  }
  const vocabulary: CharacterCount[] = [];
  counts.forEach((count, codePoint) => {
    if (count > 0) vocabulary.push({ codePoint, count });
  });
  const offsets = Uint32Array.from(index);
  const split = byteTokens
    ? trainTokens(bytes.length, held)
    : byteOf(bytes, offsets, trainTokens(characters, held));
  const splitAt = given ?? split;
  const endsLine = bytes.at(-1) === LINE_FEED;
  return {
    characters,
    lines: counts[LINE_FEED]! + (endsLine || bytes.length === 0 ? 0 : 1),
    vocabulary,
    index: offsets,
    splitAt,
    repeated: repeatedShare(bytes, splitAt),
  };
}

// The byte at which a character begins. REQUIRES: 0 <= character, `bytes` without a mark.
export function byteOf(bytes: Uint8Array, index: Uint32Array, character: number): number {
  let at = index[Math.floor(character / INDEX_STRIDE)] ?? bytes.length;
  for (let left = character % INDEX_STRIDE; left > 0 && at < bytes.length; left--) {
    at += Math.abs(stepUtf8(bytes, at));
  }
  return at;
}

// REQUIRES: the UTF-8 character of `length` bytes there.
export function codePointAt(bytes: Uint8Array, at: number, length: number): number {
  const first = bytes[at]!;
  if (length === 1) return first;
  let codePoint = first & (0x7f >> length);
  for (let i = 1; i < length; i++) codePoint = (codePoint << 6) | (bytes[at + i]! & 0x3f);
  return codePoint;
}
