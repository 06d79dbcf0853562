// Runs one of the Vitest suites and counts what it ran.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { at, cli, results } from './paths.mjs';
import { run } from './run.mjs';

/**
 * Runs the tests of tests/<folder> with its own config; the suite's name is that of its results.
 * @returns {Promise<Counts>} see counts.mjs
 */
export async function testVitest(suite, { folder = suite, env = {} } = {}) {
  const report = join(results, `${suite}.json`);
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const args = [
    at('node_modules/vitest/vitest.mjs'),
    'run',
    '--config',
    at('tests', folder, 'vitest.config.ts'),
  ];
  const status = await run(process.execPath, [...args, ...reporters], {
    env: { ...process.env, CLEARFORMER_CLI: cli, ...env },
  });
  return { ...count(report), status };
}

function count(report) {
  const counts = { passed: 0, failed: [], skipped: [], retried: [] };
  for (const test of readTests(report)) {
    if (test.status === 'passed') counts.passed += 1;
    else if (test.status === 'failed') counts.failed.push(test.fullName);
    else counts.skipped.push(test.fullName);
    // What was wrong at the first try is still told of it.
    const passedLate = test.status === 'passed' && test.failureMessages.length > 0;
    if (passedLate) counts.retried.push(test.fullName);
  }
  return counts;
}

function readTests(report) {
  try {
    return JSON.parse(readFileSync(report, 'utf8')).testResults.flatMap(
      (file) => file.assertionResults,
    );
  } catch {
    return []; // nothing ran to its end: the caller counts that as a failure
  }
}
