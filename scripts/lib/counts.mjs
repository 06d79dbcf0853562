// Counts of tests: {passed: number, failed: names, skipped: names, retried: names of those that passed
// at a second try only, status: the runner's own}.
import { say, seconds } from './log.mjs';

/** Runs one stage of tests and says its counts. A stage that ran nothing has failed. */
export async function countStage(name, work) {
  const start = performance.now();
  say(`> ${name}`);
  const counts = await work();
  if (counts.passed + counts.failed.length === 0) {
    counts.failed.push('no test ran to its end');
  } else if (counts.status !== 0 && counts.failed.length === 0) {
    counts.failed.push(`the test program ended with status ${counts.status}`);
  }
  counts.skipped.forEach((test) => say(`  SKIPPED: ${test}`));
  counts.retried?.forEach((test) => say(`  PASSED AT A SECOND TRY: ${test}`));
  counts.failed.forEach((test) => say(`  FAILED: ${test}`));
  say(`  ${name}: ${words(counts)} (${seconds(start)})`);
  return counts;
}

export function total(stages) {
  return {
    passed: stages.reduce((sum, counts) => sum + counts.passed, 0),
    failed: stages.flatMap((counts) => counts.failed),
    skipped: stages.flatMap((counts) => counts.skipped),
  };
}

export const words = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed.length} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`;
