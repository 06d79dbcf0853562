// npm run bench: how fast the engine trains and writes, beside other libraries.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openBrowserBench } from './lib/bench-browser.mjs';
import { ownEngines } from './lib/bench-engines.mjs';
import { benchKernels } from './lib/bench-kernels.mjs';
import { nameMachine } from './lib/bench-machine.mjs';
import { findPeers } from './lib/bench-peers.mjs';
import { flopsFormula, recipes } from './lib/bench-recipes.mjs';
import { writeReadmeFigures } from './lib/bench-readme.mjs';
import { legend, machineReport, recipeReport } from './lib/bench-report.mjs';
import { interleave, runRounds } from './lib/bench-rounds.mjs';
import { summarize } from './lib/bench-summary.mjs';
import { findChromium } from './lib/browsers.mjs';
import { buildNative, buildWasm } from './lib/engine.mjs';
import { Failure, main, say, seconds as secondsSince } from './lib/log.mjs';
import { installPackages } from './lib/packages.mjs';
import { wasmEnvironment } from './lib/toolchain.mjs';

const kHelp = `npm run bench -- [options]
Measures training steps and sampling: natively, as WebAssembly under Node (and in Chromium), on one
and two threads, beside NumPy, PyTorch and jax-js. Every measurement is a process of its own; they
take turns.

  --recipes A,B    which of ${Object.keys(recipes).join(', ')}; all of them where not given
  --seconds S      how long one measurement lasts at least (3); natively it is always 3
  --rounds N       how many times everything is measured (3); the figures are medians
  --browser        Chromium as well, and in it jax-js
  --no-peers       ours alone
  --json FILE      the figures as JSON too; - is standard output, without the tables
  --readme         the steps' times into the README's table
  --kernels        instead of all this, the kernels one by one; products under Node as well
  --help           this`;

const kOptions = {
  recipes: { type: 'string', default: Object.keys(recipes).join(',') },
  seconds: { type: 'string', default: '3' },
  rounds: { type: 'string', default: '3' },
  json: { type: 'string' },
  browser: { type: 'boolean', default: false },
  'no-peers': { type: 'boolean', default: false },
  readme: { type: 'boolean', default: false },
  kernels: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

await main(async () => {
  const options = readOptions();
  if (options.help) return say(kHelp);
  // Standard output belongs to the JSON where it was asked for.
  if (options.json === '-') console.log = console.error;
  await installPackages();
  if (options.kernels) return benchKernels(options.seconds);

  const machine = nameMachine({
    wasm: await wasmEnvironment(),
    native: await buildNative(),
  });
  await buildWasm();
  const browser = options.browser ? await openBrowserBench(await findChromium()) : undefined;
  try {
    if (browser) machine.Chromium = await browser.version();
    await bench(options, machine, browser);
  } finally {
    browser?.close();
  }
});

async function bench(options, machine, browser) {
  const engines = ownEngines(browser);
  const found = options['no-peers'] ? { peers: [], missing: [] } : await findPeers(browser);
  Object.assign(machine, found.versions);
  say(`\n${machineReport(machine)}\n\n${legend}\n`);
  found.missing.forEach(say);

  const summaries = [];
  for (const name of options.recipes) {
    const start = performance.now();
    const summary = await benchRecipe(name, engines, found.peers, options);
    say(`  done: ${name} (${secondsSince(start)})\n\n${recipeReport(summary)}\n`);
    summaries.push(summary);
  }
  const { seconds, rounds, json } = options;
  if (json) {
    const figures = { machine, flops_formula: flopsFormula, seconds, rounds, recipes: summaries };
    writeFileSync(json === '-' ? 1 : json, `${JSON.stringify(figures, null, 2)}\n`);
  }
  if (options.readme) writeReadmeFigures(machine, summaries);
  if (summaries.some(({ left_out }) => left_out.length > 0)) process.exitCode = 1;
}

async function benchRecipe(name, engines, allPeers, { seconds, rounds }) {
  const { recipe, peers: libraries } = recipes[name];
  const peers = allPeers.filter(({ library }) => libraries.includes(library));
  say(`> measure ${name}`);
  const outcomes = await runRounds(interleave(engines, peers), rounds, (one) =>
    one.measure(recipe, seconds),
  );
  return summarize(name, recipe, engines, peers, outcomes);
}

function readOptions() {
  const { values } = parsed();
  const names = values.recipes.split(',');
  const unknown = names.find((name) => !(name in recipes));
  if (unknown !== undefined) {
    const known = Object.keys(recipes).join(', ');
    throw new Failure(`--recipes has '${unknown}', which is none: name some of ${known}.`);
  }
  const seconds = number('--seconds', values.seconds, (n) => n > 0, 'a number above 0');
  const isCount = (n) => Number.isInteger(n) && n > 0;
  const rounds = number('--rounds', values.rounds, isCount, 'a whole number above 0');
  return { ...values, recipes: names, seconds, rounds };
}

function parsed() {
  try {
    return parseArgs({ options: kOptions });
  } catch (error) {
    throw new Failure(`${error.message.split('. ')[0]}: --help tells what there is.`);
  }
}

function number(option, text, isGood, allowed) {
  const value = Number(text);
  if (!isGood(value)) throw new Failure(`${option} is '${text}'; it must be ${allowed}.`);
  return value;
}
