import type { RunState } from './run-state';
import { nearestOf, type Evaluation } from './series';
import type { Writing, WritingState } from './writing-state';

// What is known of a step of the run at hand.
export interface StepFacts {
  readonly loss: number | null;
  readonly lr: number | null;
  readonly gradNorm: number | null;
  readonly evaluation: Evaluation | null; // the nearest
  readonly writing: Writing | null; // the nearest
}

export function factsAt(run: RunState, { writings }: WritingState, step: number): StepFacts {
  return {
    loss: run.curves.losses.at(step),
    lr: run.curves.lrs.at(step),
    gradNorm: run.curves.gradNorms.at(step),
    evaluation: run.curves.evaluations.nearest(step),
    writing: nearestOf(writings.value, step),
  };
}
