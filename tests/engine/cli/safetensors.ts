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
