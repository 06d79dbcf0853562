// A saved run is told from a text by its content: safetensors begins with the header's length, a
// little-endian u64, and then the header's '{'. A name that says so counts as well, so that a
// damaged run is called that and not a strange text. An archive of runs is a zip.
const HEAD_BYTES = 9;
const MAX_HEADER_BYTES = 100_000_000; // the format's own limit

const ZIP_MAGIC = [0x50, 0x4b, 0x03, 0x04];

export type FileKind = 'run' | 'archive' | 'text';

export function fileKind(name: string, head: Uint8Array): FileKind {
  if (/\.safetensors$/i.test(name)) return 'run';
  if (ZIP_MAGIC.every((byte, i) => head[i] === byte)) return 'archive';
  if (head.length < HEAD_BYTES || head[8] !== '{'.charCodeAt(0)) return 'text';
  const view = new DataView(head.buffer, head.byteOffset, HEAD_BYTES);
  const length = view.getBigUint64(0, true);
  return length >= 2n && length <= BigInt(MAX_HEADER_BYTES) ? 'run' : 'text';
}

export async function readHead(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
}
