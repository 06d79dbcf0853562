import type { HistoryReport } from '../engine/types';
import { nextTask } from './next-task';
import { EvaluationSeries, StepSeries } from './series';

type Numbers = Float32Array; // one a step

// How quickly the shown training loss follows that of single batches.
const SHOWN_LOSS_STEPS = 20;

// Steps that are taken up in one task, so that a history of any length leaves the page at hand.
const STEPS_A_TASK = 5_000;

// What became of a run, step by step: what its chart is drawn from.
export class RunCurves {
  readonly losses = new StepSeries();
  readonly lrs = new StepSeries();
  readonly gradNorms = new StepSeries();
  readonly evaluations = new EvaluationSeries();
  shownLoss: number | null = null; // running mean over some steps
  skipped = 0; // steps that were not taken, as a number of theirs was not finite: they have no rate

  // Those of a run from a file.
  static async of({ steps, evals }: HistoryReport): Promise<RunCurves> {
    const curves = new RunCurves();
    for (let begin = 0; begin < steps.loss.length; begin += STEPS_A_TASK) {
      if (begin > 0) await nextTask();
      const part = (numbers: Numbers) => numbers.subarray(begin, begin + STEPS_A_TASK);
      curves.addSteps(begin + 1, part(steps.loss), part(steps.lr), part(steps.grad_norm));
    }
    evals.step.forEach((step, i) =>
      curves.evaluations.push({
        step,
        trainLoss: evals.train_loss[i] ?? NaN,
        valLoss: evals.val_loss[i] ?? NaN,
      }),
    );
    return curves;
  }

  addSteps(first: number, losses: Numbers, lrs: Numbers, gradNorms: Numbers): void {
    let shown = this.shownLoss;
    for (let i = 0; i < losses.length; i++) {
      const [step, loss] = [first + i, losses[i]!];
      this.losses.push(step, loss);
      this.lrs.push(step, lrs[i]!);
      if (Number.isNaN(lrs[i])) this.skipped++;
      this.gradNorms.push(step, gradNorms[i]!);
      if (!Number.isFinite(loss)) continue;
      shown = shown === null ? loss : shown + (loss - shown) / Math.min(step, SHOWN_LOSS_STEPS);
    }
    this.shownLoss = shown;
  }
}
