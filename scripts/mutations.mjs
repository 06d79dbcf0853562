// npm run mutations: breaks every backward pass and every update, and shows that the tests see it.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure, main, say, seconds } from './lib/log.mjs';
import { filesToBreak, prepare, tryMutants } from './lib/mutation-run.mjs';
import { kEquivalent, mutantsOf, opsOf } from './lib/mutants.mjs';
import { installPackages } from './lib/packages.mjs';
import { at, trust } from './lib/paths.mjs';

const kHelp = `npm run mutations -- [FILE...]
Breaks each op's backward in turn, and each optimizer's update (a sign, a factor of 1.001, a missing
accumulation, a missing call), beside the tree, and runs the tests until one fails. The mutations are derived from the source. A mutation that no test sees is a failure, and so is an op that
none was found for. FILE is one of those files, engine/ops/norm.cpp: all of them where none is named.
What came of each is in build/trust/mutations.json; of the others it stays.`;

const kRows = join(trust, 'mutations.json');

// Where to look, and the names of what is broken there.
const kPlaces = [
  { folder: 'engine/ops', pattern: /./, roots: /backward/ },
  { folder: 'engine/model', pattern: /transformer/, roots: /backward/ },
  { folder: 'engine/train', pattern: /optimizer|muon/, roots: /_update$|^gradient_/ },
];

await main(async () => {
  const { values, positionals } = options();
  if (values.help) return say(kHelp);
  const start = performance.now();
  const files = kPlaces
    .flatMap((place) => filesToBreak(place).map((file) => ({ file, roots: place.roots })))
    .filter(({ file }) => positionals.length === 0 || positionals.includes(file));
  if (files.length === 0) throw new Failure('None of these files has anything to break.');
  await installPackages();
  const commands = await prepare();
  const rows = [];
  for (const { file, roots } of files) rows.push(...(await breakFile(commands, file, roots)));
  if (positionals.length === 0) rmSync(kRows, { force: true });
  keep(rows);
  report(rows, start);
});

// Beside the rows of other files.
function keep(rows) {
  const before = existsSync(kRows) ? JSON.parse(readFileSync(kRows, 'utf8')).rows : [];
  const others = before.filter(({ file }) => !rows.some((row) => row.file === file));
  mkdirSync(trust, { recursive: true });
  writeFileSync(kRows, `${JSON.stringify({ rows: [...others, ...rows] }, null, 2)}\n`);
}

// Rows {file, op, mutation, caught_by}; caught_by is null where no test has seen it, and where there is
// nothing to see `excused` says why.
async function breakFile(commands, file, roots) {
  const source = readFileSync(at(file), 'utf8');
  const mutants = mutantsOf(source, roots);
  const rows = opsOf(source, roots)
    .filter((op) => !mutants.some((mutant) => mutant.op === op))
    .map((op) => ({ file, op, mutation: 'none was found', caught_by: null }));
  if (mutants.length === 0 && rows.length === 0) return [];
  const lines = source.split('\n');
  await tryMutants(commands, file, mutants, (mutant, { caught = null, same, broken }) => {
    const text = lines[mutant.line - 1].trim();
    const mutation = `${mutant.mutation}: ${file}:${mutant.line}: ${text}`;
    const row = { file, op: mutant.op, mutation, caught_by: caught };
    if (same) row.excused = 'the compiler makes the same code of it';
    else if (!caught && kEquivalent[`${mutant.op}: ${text}`])
      row.excused = kEquivalent[`${mutant.op}: ${text}`];
    if (broken) row.mutation += ' (does not compile)';
    rows.push(row);
    say(`  ${row.op}: ${row.mutation}: ${caught ?? row.excused ?? 'LIVES'}`);
  });
  return rows;
}

function report(rows, start) {
  const lives = rows.filter(({ caught_by, excused }) => !caught_by && !excused);
  const caught = rows.filter(({ caught_by }) => caught_by).length;
  say(`\n${rows.length} mutations of ${new Set(rows.map(({ op }) => op)).size} functions:`);
  say(
    `${caught} caught, ${rows.length - caught - lives.length} change nothing, ${lives.length} live`,
  );
  lives.forEach(({ op, mutation }) => say(`  LIVES: ${op}: ${mutation}`));
  say(`It took ${seconds(start)}.`);
  process.exitCode = lives.length > 0 ? 1 : 0;
}

function options() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { help: { type: 'boolean', default: false } },
    });
  } catch (error) {
    throw new Failure(`${error.message.split('. ')[0]}: --help tells what there is.`);
  }
}
