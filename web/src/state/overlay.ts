import type { EvaluationSeries, StepSeries } from './series';

// Another run's curves, drawn beside those of the run at hand.
export interface Overlay {
  readonly key: string;
  readonly name: string;
  readonly colour: string; // any CSS colour, var() and light-dark() included
  readonly dash: readonly number[]; // of its lines, as a canvas takes it
  readonly losses: StepSeries;
  readonly evaluations: EvaluationSeries;
}
