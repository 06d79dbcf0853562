// A text as tokens of pairs of bytes, which the engine alone can find.
import { trainTokens } from './analysis';

export interface PairTokens {
  readonly ids: Uint32Array;
  readonly pieces: readonly Uint8Array[]; // the bytes of each token, by its number
}

const BYTES = 256; // the first tokens

// What the tokens of the engine's merges, "32 116,104 101", stand for.
export function piecesOf(merges: string): Uint8Array[] {
  const pieces = Array.from({ length: BYTES }, (_, byte) => Uint8Array.of(byte));
  for (const pair of merges === '' ? [] : merges.split(',')) {
    const [left, right] = pair.split(' ').map((id) => pieces[Number(id)]!);
    pieces.push(Uint8Array.from([...left!, ...right!]));
  }
  return pieces;
}

// The byte at which the held-out part begins.
export function splitOf({ ids, pieces }: PairTokens, held: number): number {
  let at = 0;
  for (const id of ids.subarray(0, trainTokens(ids.length, held))) at += pieces[id]!.length;
  return at;
}
