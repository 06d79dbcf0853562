// How much of a text's held-out part stands word for word in its training part. The held-out part is
// cut into pieces; a hash that rolls over the training part finds them in one pass, whatever their
// number (Rabin and Karp, 1987), and each find is compared byte by byte.
export const PIECE = 32; // bytes: some six words

const BASE = 0x01000193; // odd
const TOP = power(BASE, PIECE - 1);

function power(base: number, exponent: number): number {
  let result = 1;
  for (let i = 0; i < exponent; i++) result = Math.imul(result, base);
  return result;
}

// Every different piece of the held-out part, how often it is there, and whether it was found.
class Pieces {
  private readonly slots: Int32Array; // 1 + the number of a piece, 0 where free
  private readonly hashes: Int32Array;
  private readonly starts: Int32Array;
  private readonly counts: Int32Array;
  private readonly found: Uint8Array;
  private length = 0;

  constructor(
    private readonly bytes: Uint8Array,
    most: number,
  ) {
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * most + 2)));
    this.hashes = new Int32Array(most);
    this.starts = new Int32Array(most);
    this.counts = new Int32Array(most);
    this.found = new Uint8Array(most);
  }

  add(start: number, hash: number): void {
    let slot = this.slotOf(hash);
    for (; this.slots[slot] !== 0; slot = this.after(slot)) {
      const piece = this.slots[slot]! - 1;
      if (this.hashes[piece] !== hash || !this.same(this.starts[piece]!, start)) continue;
      this.counts[piece]!++;
      return;
    }
    const piece = this.length++;
    this.hashes[piece] = hash;
    this.starts[piece] = start;
    this.counts[piece] = 1;
    this.slots[slot] = piece + 1;
  }

  look(start: number, hash: number): void {
    for (let slot = this.slotOf(hash); this.slots[slot] !== 0; slot = this.after(slot)) {
      const piece = this.slots[slot]! - 1;
      if (this.hashes[piece] !== hash || this.found[piece] === 1) continue;
      if (this.same(this.starts[piece]!, start)) this.found[piece] = 1;
    }
  }

  get shareFound(): number {
    let [all, found] = [0, 0];
    for (let piece = 0; piece < this.length; piece++) {
      all += this.counts[piece]!;
      if (this.found[piece] === 1) found += this.counts[piece]!;
    }
    return found / all;
  }

  private slotOf(hash: number): number {
    const mixed = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
    return (mixed ^ (mixed >>> 15)) & (this.slots.length - 1);
  }

  private after(slot: number): number {
    return (slot + 1) & (this.slots.length - 1);
  }

  private same(a: number, b: number): boolean {
    for (let i = 0; i < PIECE; i++) if (this.bytes[a + i] !== this.bytes[b + i]) return false;
    return true;
  }
}

// null where the held-out part, which begins at `splitAt`, is shorter than a piece.
export function repeatedShare(bytes: Uint8Array, splitAt: number): number | null {
  const count = Math.floor((bytes.length - splitAt) / PIECE);
  if (count === 0) return null;
  const pieces = new Pieces(bytes, count);
  for (let i = 0; i < count; i++) {
    const start = splitAt + i * PIECE;
    pieces.add(start, hashOf(bytes, start));
  }
  let hash = hashOf(bytes, 0);
  for (let start = 0; start + PIECE <= splitAt; start++) {
    pieces.look(start, hash);
    hash = (Math.imul(hash - Math.imul(bytes[start]!, TOP), BASE) + bytes[start + PIECE]!) | 0;
  }
  return pieces.shareFound;
}

function hashOf(bytes: Uint8Array, start: number): number {
  let hash = 0;
  for (let i = 0; i < PIECE; i++) hash = (Math.imul(hash, BASE) + bytes[start + i]!) | 0;
  return hash;
}
