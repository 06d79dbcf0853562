// What the chart draws of a run, of whatever length: no more points than the chart is wide.
import type { Range } from '../../state/chart-state';
import { smoothed, type Column, type Evaluation, type StepSeries } from '../../state/series';

export interface Point {
  readonly x: number;
  readonly y: number;
}

const SMOOTHED_SHARE = 0.015; // of the view, to each side

// Every column as a stroke from its least to its most: no peak is lost.
export function strokes(columns: readonly Column[]): Point[] {
  return columns.flatMap(({ x, min, max }) =>
    min === max
      ? [{ x, y: min }]
      : [
          { x, y: min },
          { x, y: max },
        ],
  );
}

export interface Curve {
  readonly strokes: Point[];
  readonly line: Point[];
}

export function curveOf(series: StepSeries, range: Range, width: number): Curve {
  const columns = columnsOf(series, range, width);
  const inView = Math.min(width, range.to - range.from);
  return {
    strokes: strokes(columns),
    line: smoothed(columns, Math.round(inView * SMOOTHED_SHARE)),
  };
}

export function meansOf(series: StepSeries, range: Range, width: number): Point[] {
  return smoothed(columnsOf(series, range, width), 0);
}

// With a column or two beyond both edges, so that the curve leaves the chart there.
function columnsOf(series: StepSeries, { from, to }: Range, width: number): Column[] {
  const beyond = (to - from) / width + 1;
  return series.columns(from - beyond, to + beyond, width);
}

export function validationOf(evaluations: readonly Evaluation[]): Point[] {
  return evaluations
    .filter(({ valLoss }) => Number.isFinite(valLoss))
    .map(({ step, valLoss }) => ({ x: step, y: valLoss }));
}

// The least and the most of what is in view; null where nothing is.
export function heightsOf(
  curves: readonly (readonly Point[])[],
  { from, to }: Range,
): { low: number; high: number } | null {
  let [low, high] = [Infinity, -Infinity];
  for (const curve of curves) {
    for (const { x, y } of curve) {
      if (x < from || x > to || !Number.isFinite(y)) continue;
      low = Math.min(low, y);
      high = Math.max(high, y);
    }
  }
  return low <= high ? { low, high } : null;
}
