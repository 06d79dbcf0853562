import type { EngineSession } from '../engine/types';
import type { Divergence, EarlierState, StepNumbers } from '../protocol/to-page';

// So many steps are shown of those that led there.
const STEPS_BEFORE = 20;

const kinds = ['loss', 'gradient', 'weight'] as const; // as the engine numbers them

// What stopped a run, told from the step's report; null where it was something else.
export function divergenceOf(
  report: ReturnType<EngineSession['step']>,
  session: Pick<EngineSession, 'history'>,
  states: readonly EarlierState[],
): Divergence | null {
  const { error, step, loss, lr, grad_norm: gradNorm } = report;
  if (error.code !== 'diverged') return null;
  return {
    what: kinds[report.what] ?? 'loss',
    tensor: error.where,
    magnitude: report.magnitude,
    failed: { step, loss, lr, gradNorm },
    before: lastSteps(session),
    states,
  };
}

function lastSteps(session: Pick<EngineSession, 'history'>): StepNumbers[] {
  const { step, loss, lr, grad_norm: gradNorm } = session.history().steps;
  const from = Math.max(0, step.length - STEPS_BEFORE);
  return Array.from(step.subarray(from), (number, i) => ({
    step: number,
    loss: loss[from + i]!,
    lr: lr[from + i]!,
    gradNorm: gradNorm[from + i]!,
  }));
}
