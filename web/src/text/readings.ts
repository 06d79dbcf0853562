// What can be done with bytes that are no UTF-8.
export interface Reading {
  readonly key: string;
  readonly offer: string; // on the button
  readonly name: string; // after the text's own
  readonly read: (bytes: Uint8Array) => string;
}

const decoded = (encoding: string) => (bytes: Uint8Array) =>
  new TextDecoder(encoding).decode(bytes);

const utf16 = (key: string): Reading => ({
  key,
  offer: 'Read it as UTF-16',
  name: 'read as UTF-16',
  read: decoded(key),
});

const windows1252: Reading = {
  key: 'windows-1252',
  offer: 'Read it as Windows-1252',
  name: 'read as Windows-1252',
  read: decoded('windows-1252'),
};

const replacing: Reading = {
  key: 'utf-8',
  offer: 'Put \ufffd in their place',
  name: 'mended',
  read: decoded('utf-8'),
};

const ZERO_BYTES_LOOKED_AT = 4096;

// None for what has zero bytes and is no UTF-16: that is no text in any encoding of these.
export function readingsOf(bytes: Uint8Array): readonly Reading[] {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return [utf16('utf-16le')];
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return [utf16('utf-16be')];
  if (bytes.subarray(0, ZERO_BYTES_LOOKED_AT).includes(0)) return [];
  return [windows1252, replacing];
}

export function isUtf16({ key }: Reading): boolean {
  return key.startsWith('utf-16');
}
