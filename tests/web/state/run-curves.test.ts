import { expect, it } from 'vitest';
import { RunCurves } from '../../../web/src/state/run-curves';

const STEPS = 50_001;
const numbers = (of: (i: number) => number) =>
  Float32Array.from({ length: STEPS }, (_, i) => of(i));
const steps = {
  loss: numbers((i) => 4 / (1 + i / 1000)),
  lr: numbers((i) => (i % 10_000 === 9 ? NaN : i * 1e-6)), // of steps that were skipped
  grad_norm: numbers((i) => (i % 7 === 3 ? NaN : i)),
};
const evals = { step: [25_000, 50_000], train_loss: [2, 1], val_loss: [2.5, 1.5] };
const history = { steps, evals } as unknown as Parameters<typeof RunCurves.of>[0];

it('the curves of a long run from a file are those of one that was watched', async () => {
  const watched = new RunCurves();
  for (let i = 0; i < STEPS; i++) {
    const now = (all: Float32Array) => all.subarray(i, i + 1);
    watched.addSteps(i + 1, now(steps.loss), now(steps.lr), now(steps.grad_norm));
  }
  const curves = await RunCurves.of(history);
  for (const name of ['losses', 'lrs', 'gradNorms'] as const) {
    expect(curves[name].columns(1, STEPS, 300)).toEqual(watched[name].columns(1, STEPS, 300));
  }
  expect(curves.shownLoss).toBe(watched.shownLoss);
  expect([curves.skipped, watched.skipped]).toEqual([5, 5]);
  expect(curves.evaluations.last).toEqual({ step: 50_000, trainLoss: 1, valLoss: 1.5 });
});

it('are made in several tasks, between which others get their turn', async () => {
  let turns = 0;
  const other = setInterval(() => turns++);
  await RunCurves.of(history);
  clearInterval(other);
  expect(turns).toBeGreaterThan(0);
});
