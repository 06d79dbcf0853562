// The browser's own deflate, without a header.
const FORMAT = 'deflate-raw';
// A piece of input grows by a factor of about a thousand at most, so that what is read beyond the
// limit stays small.
const PIECE = 512;

export async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream(FORMAT));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Null where the bytes are not deflated, are cut short, or stand for more than `most` bytes, of
// which little more than that is ever made.
export async function inflate(
  bytes: Uint8Array<ArrayBuffer>,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const stream = new DecompressionStream(FORMAT);
  const writer = stream.writable.getWriter();
  const fed = feed(writer, bytes);
  try {
    const inflated = await collect(stream.readable.getReader(), most);
    await fed;
    return inflated;
  } catch {
    await fed.catch(() => undefined);
    return null;
  }
}

async function feed(
  writer: WritableStreamDefaultWriter<BufferSource>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  for (let at = 0; at < bytes.length; at += PIECE) {
    await writer.ready; // until what came before is read
    await writer.write(bytes.subarray(at, at + PIECE));
  }
  await writer.close();
}

async function collect(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      await reader.cancel();
      throw new RangeError('it is too long');
    }
    pieces.push(new Uint8Array(value));
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
