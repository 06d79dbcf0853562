const BYTES = 640;

// The first lines of a text, without the fragment of a character at the cut.
export function beginningOf(bytes: Uint8Array): string {
  const words = new TextDecoder().decode(bytes.subarray(0, BYTES));
  return words.replace(/\uFFFD+$/u, '').trimStart();
}
