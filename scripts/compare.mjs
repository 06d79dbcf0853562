// npm run compare: which choice learns more, in tables. Trains the runs of scripts/lib/compare-contests.mjs
// natively on one text and measures each over all that it holds out. Runs that were made before are
// taken from build/compare.
import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { contests } from './lib/compare-contests.mjs';
import { contestTable, writeReadmeTables } from './lib/compare-readme.mjs';
import { trained } from './lib/compare-run.mjs';
import { buildNative } from './lib/engine.mjs';
import { Failure, main, say } from './lib/log.mjs';
import { build, cli } from './lib/paths.mjs';

const kHelp = `npm run compare -- --text FILE [options]
  --text FILE      the text to learn, e.g. Tiny Shakespeare; without one nothing is compared
  --seeds A,B,...  the seeds that each run is made with (default 1337,1338)
  --contests A,... some of ${Object.keys(contests).join(', ')} (default all)
  --readme         writes the tables into README.md`;
const kOptions = {
  text: { type: 'string' },
  seeds: { type: 'string', default: '1337,1338' },
  contests: { type: 'string', default: Object.keys(contests).join(',') },
  readme: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

await main(async () => {
  const options = readOptions();
  if (options.help) return say(kHelp);
  if (!options.text || !existsSync(options.text)) {
    return say(
      `Nothing is compared: ${options.text ? `there is no text at '${options.text}'` : '--text names no text'}.`,
    );
  }
  const program = process.env.CLEARFORMER_CLI || cli;
  if (!process.env.CLEARFORMER_CLI) await buildNative();
  const folder = resolve(build, 'compare');
  mkdirSync(folder, { recursive: true });

  const tables = [];
  for (const name of options.contests) {
    const rows = [];
    for (const contestant of contests[name].contestants) {
      const runs = [];
      for (const seed of options.seeds) {
        const flags = { ...contestant.recipe, seed };
        runs.push(await trained(program, options.text, flags, folder));
      }
      rows.push({ ...contestant, runs });
    }
    tables.push(contestTable(contests[name], rows));
    say(`\n${tables.at(-1)}\n`);
  }
  if (options.readme) writeReadmeTables(tables);
});

function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({ options: kOptions }));
  } catch (error) {
    throw new Failure(`${error.message.split('. ')[0]}: --help tells what there is.`);
  }
  const names = values.contests.split(',');
  const unknown = names.find((name) => !(name in contests));
  if (unknown !== undefined) {
    const known = Object.keys(contests).join(', ');
    throw new Failure(`--contests has '${unknown}', which is none: name some of ${known}.`);
  }
  const seeds = values.seeds.split(',').map(Number);
  if (!seeds.every((seed) => Number.isInteger(seed) && seed >= 0))
    throw new Failure(`--seeds is '${values.seeds}'; it must be whole numbers, as in 1337,1338.`);
  return { ...values, contests: names, seeds };
}
