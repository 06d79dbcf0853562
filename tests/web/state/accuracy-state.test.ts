import { expect, it } from 'vitest';
import { AccuracyState } from '../../../web/src/state/accuracy-state';
import { RunState, type RunSummary } from '../../../web/src/state/run-state';

const scored = (runId: number, step: number, right: number) =>
  ({ type: 'scored', runId, step, right, of: 64, mistake: null }) as const;

function withRun(runId: number): { run: RunState; accuracy: AccuracyState } {
  const run = new RunState();
  run.run.value = { runId } as RunSummary;
  return { run, accuracy: new AccuracyState(run) };
}

it('keeps the scores of the run at hand, and of no other', () => {
  const { run, accuracy } = withRun(1);
  accuracy.receive(scored(1, 0, 0));
  accuracy.receive(scored(1, 100, 12));
  expect(accuracy.scores.value.map(({ right }) => right)).toEqual([0, 12]);
  run.run.value = { runId: 2 } as RunSummary;
  expect(accuracy.latest.value).toBeNull();
  accuracy.receive(scored(2, 50, 3));
  expect(accuracy.scores.value).toEqual([{ step: 50, right: 3, of: 64, mistake: null }]);
});

it('puts a step that is scored again in place of what it was', () => {
  const { accuracy } = withRun(1);
  for (const step of [0, 100, 200, 100]) accuracy.receive(scored(1, step, step / 10));
  expect(accuracy.scores.value.map(({ step }) => step)).toEqual([0, 100]);
});

it('thins out a long history, and keeps its first and its last', () => {
  const { accuracy } = withRun(1);
  for (let step = 0; step <= 5000; step++) accuracy.receive(scored(1, step, 1));
  const { length } = accuracy.scores.value;
  expect(length).toBeGreaterThan(100);
  expect(length).toBeLessThanOrEqual(400);
  expect(accuracy.scores.value[0]!.step).toBe(0);
  expect(accuracy.latest.value!.step).toBe(5000);
});
