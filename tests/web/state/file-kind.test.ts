import { describe, expect, it } from 'vitest';
import { fileKind, readHead } from '../../../web/src/state/file-kind';

function head(length: bigint, next = '{'): Uint8Array {
  const bytes = new Uint8Array(9);
  new DataView(bytes.buffer).setBigUint64(0, length, true);
  bytes[8] = next.charCodeAt(0);
  return bytes;
}

describe('fileKind', () => {
  it('knows safetensors by its beginning, whatever its name', () => {
    expect(fileKind('download', head(1234n))).toBe('run');
  });

  it('goes by the name too, so that a damaged run is called one', () => {
    expect(fileKind('Run.SafeTensors', new Uint8Array())).toBe('run');
  });

  it.each([
    ['empty', new Uint8Array()],
    ['short', new TextEncoder().encode('{')],
    ['words', new TextEncoder().encode('abcdefgh{ is no header')],
    ['another ninth byte', head(1234n, 'x')],
    ['a header longer than the format allows', head(100_000_001n)],
    ['a header too short to be one', head(1n)],
  ])('takes the rest for text: %s', (_, bytes) => {
    expect(fileKind('a.txt', bytes)).toBe('text');
  });

  it('reads no more of a file than its head', async () => {
    expect(await readHead(new Blob(['0123456789']))).toHaveLength(9);
  });
});
