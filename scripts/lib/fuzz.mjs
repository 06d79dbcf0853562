// Runs the fuzz targets of tests/fuzz with libFuzzer, each for a bounded time.
import { spawn } from 'node:child_process';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { filesUnder } from './files.mjs';
import { Failure, say } from './log.mjs';
import { at, build, root, trust } from './paths.mjs';
import { output } from './run.mjs';
import { buildSanitized } from './sanitizers.mjs';

const kPreset = 'native-asan';
const kEnding = '_fuzz.cpp';
const kFolder = join(build, 'fuzz');
// What an input of a few kilobytes never justifies, in one allocation or in all.
const kMallocMegabytes = 64;
const kAllMegabytes = 1024;
const kSlowSeconds = 60; // on the clock, which a busy machine stretches

/** The targets there are, by their names. */
export const fuzzTargets = () =>
  filesUnder(['tests/fuzz'], [kEnding]).map((file) =>
    file.split('/').pop().slice(0, -kEnding.length),
  );

export const buildFuzzTargets = () => buildSanitized(kPreset, ['fuzz_targets']);

/**
 * Runs each target for so many seconds, as many at a time as there are processors, and says how many
 * inputs it tried. Inputs that reach something new are kept in build/fuzz/corpus, findings in
 * build/fuzz/found. Writes build/trust/fuzz.json.
 * @returns {Promise<Counts>} see counts.mjs: a target is a test
 */
export async function fuzz(seconds, targets = fuzzTargets()) {
  const seeds = join(kFolder, 'seeds');
  rmSync(seeds, { recursive: true, force: true });
  if (output(program('seeds', 'fuzz_'), [seeds]) === undefined)
    throw new Failure('The seeds of the fuzz targets could not be made: run fuzz_seeds by hand.');
  const rows = [];
  const waiting = [...targets];
  const worker = async () => {
    for (let target = waiting.shift(); target; target = waiting.shift()) {
      const row = await fuzzOne(target, seconds, seeds);
      say(`  ${words(row)}`);
      rows.push(row);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  rows.sort((a, b) => (a.target < b.target ? -1 : 1));
  mkdirSync(trust, { recursive: true });
  writeFileSync(join(trust, 'fuzz.json'), `${JSON.stringify({ rows }, null, 2)}\n`);
  const failed = rows.filter(({ found }) => found > 0).map(({ target }) => target);
  return { passed: rows.length - failed.length, failed, skipped: [], status: 0 };
}

const program = (name, before = '', after = '') =>
  join(build, kPreset, 'tests/fuzz', `${before}${name}${after}`);

const words = ({ target, executions, coverage, found }) =>
  `${target}: ${executions.toLocaleString('en')} inputs, ${coverage.toLocaleString('en')} edges` +
  (found > 0 ? `, ${found} FOUND: see build/fuzz/found and build/logs/fuzz-${target}.log` : '');

async function fuzzOne(target, seconds, seeds) {
  const corpus = join(kFolder, 'corpus', target);
  const found = join(kFolder, 'found', target);
  rmSync(found, { recursive: true, force: true });
  for (const folder of [corpus, found]) mkdirSync(folder, { recursive: true });
  const given = [at('tests/fuzz/seeds', target), join(seeds, target)].filter(existsSync);
  const start = performance.now();
  const text = await runLibFuzzer(target, [
    `-max_total_time=${seconds}`,
    `-timeout=${kSlowSeconds}`,
    `-report_slow_units=${kSlowSeconds}`,
    `-malloc_limit_mb=${kMallocMegabytes}`,
    `-rss_limit_mb=${kAllMegabytes}`,
    `-artifact_prefix=${relative(root, found)}/`,
    '-print_final_stats=1',
    corpus,
    ...given,
  ]);
  return {
    target,
    executions: numberAfter(text, /stat::number_of_executed_units:\s*(\d+)/g),
    coverage: numberAfter(text, /\bcov: (\d+)/g),
    seconds: Math.round((performance.now() - start) / 100) / 10,
    found: readdirSync(found).length,
  };
}

// The last match, 0 where there is none.
const numberAfter = (text, pattern) => Number([...text.matchAll(pattern)].at(-1)?.[1] ?? 0);

// Its output, which is kept in build/logs. What it finds, it leaves among the artifacts; another
// failure is one of the program.
async function runLibFuzzer(target, args) {
  mkdirSync(join(build, 'logs'), { recursive: true });
  const log = createWriteStream(join(build, 'logs', `fuzz-${target}.log`));
  const child = spawn(program(target, '', '_fuzz'), args, { cwd: root });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      log.write(chunk);
      text += chunk;
    });
  }
  const status = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  log.end();
  const isFinding = text.includes('Test unit written to');
  if (status !== 0 && !isFinding)
    throw new Failure(
      `The fuzz target ${target} ended with status ${status}:\n${text.slice(-2000)}`,
    );
  return text;
}
