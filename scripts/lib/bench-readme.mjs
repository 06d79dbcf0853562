// The README's table of figures: rows are engines and libraries, columns recipes.
import { readFileSync, writeFileSync } from 'node:fs';
import { Failure } from './log.mjs';
import { at } from './paths.mjs';

const kBegin = '<!-- npm run bench -- --readme -->';
const kEnd = '<!-- end of its figures -->';

/** Writes the figures of one run between the README's two marks. */
export function writeReadmeFigures(machine, summaries) {
  const file = at('README.md');
  const text = readFileSync(file, 'utf8');
  const begin = text.indexOf(kBegin);
  const end = text.indexOf(kEnd);
  if (begin < 0 || end < begin)
    throw new Failure(`README.md has no place for figures: the lines ${kBegin} and ${kEnd}.`);
  const figures = [kBegin, describe(machine), table(summaries), kEnd].join('\n\n');
  writeFileSync(file, text.slice(0, begin) + figures + text.slice(end + kEnd.length));
}

const describe = (machine) =>
  Object.entries(machine)
    .map(([name, value]) => `${name}: ${value}`)
    .join('; ') + '.';

function table(summaries) {
  const rows = new Map(); // name -> a cell for each recipe
  const put = (name, column, cell) => {
    if (!rows.has(name))
      rows.set(
        name,
        summaries.map(() => ''),
      );
    rows.get(name)[column] = cell;
  };
  summaries.forEach(({ engines, peers }, column) => {
    for (const { engine, threads, ms_per_step, fraction_of_peak } of engines) {
      const percent = Math.round(100 * fraction_of_peak);
      const name = `${engine}, ${threads} thread${threads > 1 ? 's' : ''}`;
      put(name, column, `${milliseconds(ms_per_step)} (${percent} %)`);
    }
    for (const { name, ms_per_step } of peers) put(name, column, milliseconds(ms_per_step));
  });
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const names = summaries.map(({ name }) => name);
  return [
    line(['ms a step (of the multiply-add peak)', ...names]),
    line(['---', ...names.map(() => '--:')]),
    ...[...rows].map(([name, cells]) => line([name, ...cells])),
  ].join('\n');
}

const milliseconds = (ms) => (ms < 100 ? ms.toFixed(1) : ms.toFixed(0));
