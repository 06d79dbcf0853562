// The tables of `npm run compare`, and their place in the README.
import { readFileSync, writeFileSync } from 'node:fs';
import { Failure } from './log.mjs';
import { at } from './paths.mjs';

const kBegin = '<!-- npm run compare -- --readme -->';
const kEnd = '<!-- end of its tables -->';

/** rows: contestants with their runs, one a seed. */
export function contestTable({ title }, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [
    line([title, 'parameters', 'steps', 'nats a token', 'bits a byte']),
    line(['---', '--:', '--:', '--:', '--:']),
    ...rows.map(({ name, runs }) =>
      line([
        name,
        runs[0].parameters.toLocaleString('en-US'),
        runs[0].steps.toLocaleString('en-US'),
        seedsOf(runs.map(({ loss }) => loss)),
        seedsOf(runs.map(({ bits_per_byte }) => bits_per_byte)),
      ]),
    ),
  ].join('\n');
}

// The mean over the seeds, and how far the farthest lies from it.
function seedsOf(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const farthest = Math.max(...values.map((value) => Math.abs(value - mean)));
  return values.length > 1 ? `${mean.toFixed(3)} ± ${farthest.toFixed(3)}` : mean.toFixed(3);
}

/** Writes the tables between the README's two marks. */
export function writeReadmeTables(tables) {
  const file = at('README.md');
  const text = readFileSync(file, 'utf8');
  const begin = text.indexOf(kBegin);
  const end = text.indexOf(kEnd);
  if (begin < 0 || end < begin)
    throw new Failure(`README.md has no place for tables: the lines ${kBegin} and ${kEnd}.`);
  const between = [kBegin, ...tables, kEnd].join('\n\n');
  writeFileSync(file, text.slice(0, begin) + between + text.slice(end + kEnd.length));
}
