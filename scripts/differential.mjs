// npm run differential: random recipes, natively and as WebAssembly, in every way that must not matter
// (tests/differential). `npm test` tries some dozens, always the same.
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildNative, buildWasm } from './lib/engine.mjs';
import { Failure, main, say } from './lib/log.mjs';
import { installPackages } from './lib/packages.mjs';
import { at, cli, trust } from './lib/paths.mjs';
import { run } from './lib/run.mjs';

const kHelp = `npm run differential -- [options]
Trains random recipes natively and as WebAssembly, on one thread and several, straight and after a rest,
and compares every figure and every byte; checks each one's gradients against the reference.

  --recipes N    how many (1000)
  --seed S       which ones; drawn, and said, where not given
  --case JSON    instead, this one: what a failure prints
  --help         this`;

const kOptions = {
  recipes: { type: 'string', default: '1000' },
  seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  case: { type: 'string' },
  help: { type: 'boolean', default: false },
};

await main(async () => {
  const options = readOptions();
  if (options.help) return say(kHelp);
  await installPackages();
  await buildNative();
  await buildWasm();
  if (!options.case) say(`> try ${options.recipes} recipes of seed ${options.seed}`);
  const env = {
    ...process.env,
    CLEARFORMER_CLI: cli,
    DIFFERENTIAL_RECIPES: options.recipes,
    DIFFERENTIAL_SEED: options.seed,
    DIFFERENTIAL_REPORT: join(trust, 'differential.json'),
    ...(options.case && { DIFFERENTIAL_CASE: options.case }),
  };
  const config = ['--config', at('tests/web/vitest.config.ts')];
  const args = [at('node_modules/vitest/vitest.mjs'), 'run', ...config, 'tests/differential'];
  process.exitCode = await run(process.execPath, args, { env });
});

function readOptions() {
  try {
    const { values } = parseArgs({ options: kOptions });
    for (const name of ['recipes', 'seed'])
      if (!/^\d{1,9}$|^[12]\d{9}$/.test(values[name])) {
        throw new Failure(`--${name} is '${values[name]}'; it must be a whole number.`);
      }
    if (values.case) JSON.parse(values.case);
    return values;
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`${error.message}\n${kHelp}`);
  }
}
