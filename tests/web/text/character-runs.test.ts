// The engine's table of letters, numbers and spaces, against the Unicode of this Node.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const table = new URL('../../../engine/text/character_runs.inc', import.meta.url);
const kinds = ['other', 'letter', 'number', 'space'];

function readRuns(): { kind: string; length: number }[] {
  const numbers = readFileSync(table, 'utf8').replace(/\/\/.*/g, '');
  const runs = [];
  let [run, place] = [0, 1];
  for (const byte of numbers.split(',').map(Number)) {
    run += (byte & 127) * place;
    place *= 128;
    if (byte & 128) continue;
    runs.push({ kind: kinds[run & 3]!, length: run >> 2 });
    [run, place] = [0, 1];
  }
  return runs;
}

function kindOf(character: string): string {
  if (/^\p{L}$/u.test(character)) return 'letter';
  if (/^\p{N}$/u.test(character)) return 'number';
  return /^\p{White_Space}$/u.test(character) ? 'space' : 'other';
}

it('has every character that this Node knows', () => {
  let code = 0;
  const wrong: string[] = [];
  for (const { kind, length } of readRuns()) {
    for (const end = code + length; code < end; code++) {
      const character = String.fromCodePoint(code);
      if (/^[\p{Cn}\p{Cs}]$/u.test(character)) continue;
      if (kindOf(character) !== kind) wrong.push(`U+${code.toString(16)} is no ${kind}`);
    }
  }
  expect(code).toBe(0x110000);
  expect(wrong).toEqual([]);
});
