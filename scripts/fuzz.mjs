// npm run fuzz: tries inputs on everything that reads a stranger's bytes.
import { parseArgs } from 'node:util';
import { countStage } from './lib/counts.mjs';
import { buildFuzzTargets, fuzz, fuzzTargets } from './lib/fuzz.mjs';
import { Failure, main, say } from './lib/log.mjs';
import { installPackages } from './lib/packages.mjs';

const kHelp = `npm run fuzz -- [--seconds N] [TARGET...]
Runs the fuzz targets ${fuzzTargets().join(', ')}
(all of them where none is named), each for N seconds (60), and says how many inputs each tried and how
many edges of the code they reached. What reaches something new is kept in build/fuzz/corpus and is
where the next run begins; what breaks something is in build/fuzz/found. A finding that was mended
becomes a seed in tests/fuzz/seeds/<target>.`;

await main(async () => {
  const { values, positionals } = options();
  if (values.help) return say(kHelp);
  const seconds = Number(values.seconds);
  if (!Number.isInteger(seconds) || seconds < 1)
    throw new Failure(`--seconds is '${values.seconds}'; it must be a whole number from 1.`);
  const targets = fuzzTargets();
  const unknown = positionals.find((name) => !targets.includes(name));
  if (unknown)
    throw new Failure(`'${unknown}' is no fuzz target: name some of ${targets.join(', ')}.`);
  await installPackages();
  await buildFuzzTargets();
  const chosen = positionals.length > 0 ? positionals : targets;
  const { failed } = await countStage('fuzz targets', () => fuzz(seconds, chosen));
  process.exitCode = failed.length > 0 ? 1 : 0;
});

function options() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        seconds: { type: 'string', default: '60' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Failure(`${error.message.split('. ')[0]}: --help tells what there is.`);
  }
}
