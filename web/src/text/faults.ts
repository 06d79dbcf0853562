// Where bytes that should be UTF-8 are not.
import { stepUtf8 } from './utf8';

export interface Fault {
  readonly offset: number; // in bytes, from 0
  readonly line: number; // from 1
  readonly column: number; // in characters, from 1
  readonly bytes: readonly number[];
  readonly before: string; // what stands around it on its line
  readonly after: string;
}

export interface Faults {
  readonly shown: readonly Fault[]; // the first few
  readonly count: number;
  readonly more: boolean; // the counting was given up
}

const MOST_SHOWN = 4;
const MOST_COUNTED = 10_000;
const AROUND = 24; // bytes of the line on either side
const LINE_FEED = 10;

// Looks until it has counted enough; null where all is well.
export function findFaults(bytes: Uint8Array): Faults | null {
  const shown: Fault[] = [];
  let [count, line, column] = [0, 1, 1];
  for (let at = 0; at < bytes.length && count < MOST_COUNTED;) {
    const step = stepUtf8(bytes, at);
    if (step < 0) {
      if (shown.length < MOST_SHOWN) shown.push(describe(bytes, at, -step, line, column));
      count++;
    }
    if (bytes[at] === LINE_FEED) [line, column] = [line + 1, 1];
    else column++;
    at += Math.abs(step);
  }
  return count === 0 ? null : { shown, count, more: count === MOST_COUNTED };
}

function describe(
  bytes: Uint8Array,
  offset: number,
  length: number,
  line: number,
  column: number,
): Fault {
  const end = offset + length;
  const before = asText(bytes.subarray(Math.max(0, offset - AROUND), offset))
    .split('\n')
    .at(-1)!;
  const after = asText(bytes.subarray(end, end + AROUND)).split('\n')[0]!;
  return { offset, line, column, bytes: [...bytes.subarray(offset, end)], before, after };
}

function asText(bytes: Uint8Array): string {
  // A character cut off at the beginning, and control characters, which would upset the line.
  const words = new TextDecoder().decode(bytes);
  // eslint-disable-next-line no-control-regex
  return words.replace(/[\0-\x08\x0b-\x1f\x7f]/g, '\ufffd');
}
