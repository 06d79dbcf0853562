// UTF-8 as strictly as the engine reads it: Unicode 15, table 3-7.

// The length of the character at `at`, negative for a broken part of that many bytes: the standard's
// "maximal subpart", for which one U+FFFD stands. REQUIRES: at < bytes.length.
export function stepUtf8(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length === 0) return -1;
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i] ?? 0; // past the end: no continuation
    const low = i > 1 ? 0x80 : first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
    const high = i > 1 ? 0xbf : first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
    if (byte < low || byte > high) return -i;
  }
  return length;
}

// The first start of a character at or after `at`.
export function characterStart(bytes: Uint8Array, at: number): number {
  while (at < bytes.length && (bytes[at]! & 0xc0) === 0x80) at++;
  return at;
}

const MARK = [0xef, 0xbb, 0xbf] as const;

// `bytes` without the byte order mark that some editors put first; it is no part of a text.
export function withoutMark(bytes: Uint8Array): Uint8Array {
  return MARK.every((byte, i) => bytes[i] === byte) ? bytes.subarray(MARK.length) : bytes;
}
