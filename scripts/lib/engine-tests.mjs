// Runs the engine's tests of one build with CTest and counts what GoogleTest says it ran.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { build } from './paths.mjs';
import { run } from './run.mjs';

/** @returns {Promise<Counts>} see counts.mjs */
export async function testEngine(preset, env) {
  const folder = join(build, preset);
  const results = join(folder, 'test-results');
  rmSync(results, { recursive: true, force: true });
  const status = await run(
    'ctest',
    ['--test-dir', folder, '-j', `${availableParallelism()}`, '--output-on-failure'],
    { env, log: `${preset}-tests` },
  );
  return { ...count(results), status };
}

function count(folder) {
  const counts = { passed: 0, failed: [], skipped: [] };
  for (const file of readResults(folder)) {
    for (const suite of file.testsuites) {
      for (const test of suite.testsuite) {
        const name = `${suite.name}.${test.name}`;
        if (test.result === 'SKIPPED') counts.skipped.push(name);
        else if (test.failures) counts.failed.push(name);
        else if (test.result === 'COMPLETED') counts.passed += 1;
      }
    }
  }
  return counts;
}

function readResults(folder) {
  try {
    return readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));
  } catch {
    return []; // nothing ran to its end: the caller counts that as a failure
  }
}
