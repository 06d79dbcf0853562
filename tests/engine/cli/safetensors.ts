// Reads safetensors as their description has it (huggingface/safetensors, README.md).
import { readFileSync } from 'node:fs';

export interface Tensor {
  dtype: string;
  shape: number[];
  bytes: Uint8Array;
}

type Header = Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;

export function readSafetensors(path: string): Record<string, Tensor> {
  const file = readFileSync(path);
  const length = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, 8 + length)) as Header;
  const data = file.subarray(8 + length);
  return Object.fromEntries(
    Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(
        ([
          name,
          {
            dtype,
            shape,
            data_offsets: [begin, end],
          },
        ]) => [name, { dtype, shape, bytes: Uint8Array.from(data.subarray(begin, end)) }],
      ),
  );
}

/** The token numbers that `eval --logits` wrote. */
export const tokensOf = (path: string): number[] =>
  [...new BigInt64Array(readSafetensors(path).tokens!.bytes.buffer as ArrayBuffer)].map(Number);

/** Such a file of these tensors, with no more metadata than other programs write. */
export function writeSafetensors(tensors: Readonly<Record<string, Tensor>>): Buffer {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => {
    const data_offsets = [end, (end += bytes.length)];
    return [name, { dtype, shape, data_offsets }] as const;
  });
  const header = JSON.stringify({
    __metadata__: { format: 'pt' },
    ...Object.fromEntries(entries),
  });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([
    length,
    Buffer.from(header),
    ...Object.values(tensors).map((t) => t.bytes),
  ]);
}
