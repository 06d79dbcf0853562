import type { App } from '../../../state/app';
import { formatCount, formatLoss } from '../../../state/format';
import { recipeTitle } from '../../../state/recipe-title';
import { smoothed, type Evaluation } from '../../../state/series';
import { referenceLines, type ReferenceLine } from '../../loss-panel/reference-lines';

const MOST_POINTS = 640; // about one a pixel of the picture's chart

export interface Point {
  readonly x: number;
  readonly y: number;
}

// All that a picture of a run shows.
export interface PictureFacts {
  readonly title: string;
  readonly step: string;
  readonly steps: number;
  readonly losses: readonly Point[];
  readonly evaluations: readonly Evaluation[];
  readonly lines: readonly ReferenceLine[];
  readonly train: string;
  readonly validation: string;
  readonly sample: { readonly step: string; readonly prompt: string; readonly text: string } | null;
  readonly fingerprint: string;
  readonly address: string;
}

// Null where there is no run to show.
export function pictureFacts(app: App, address: string): PictureFacts | null {
  const { run, writing } = app;
  const current = run.run.value;
  if (!current || run.step.value === 0) return null;
  const sample = writing.writings.value.find(({ text }) => text.value !== '');
  return {
    title: recipeTitle(current.text.name, current.recipe),
    step: `step ${formatCount(run.step.value)} of ${formatCount(run.steps.value)}`,
    steps: run.steps.value,
    losses: smoothed(run.curves.losses.columns(0, run.step.value, MOST_POINTS), 0),
    evaluations: run.curves.evaluations.toArray(),
    lines: referenceLines(current.info),
    train: formatLoss(run.trainLoss.value),
    validation: formatLoss(run.evaluation.value?.valLoss),
    sample: sample
      ? {
          step: `step ${formatCount(sample.step)}`,
          prompt: sample.prompt,
          text: sample.text.value,
        }
      : null,
    fingerprint: run.fingerprint.value ?? '',
    address,
  };
}
