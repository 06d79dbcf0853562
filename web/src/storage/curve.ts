// The losses of a run as they are kept: columns, thinned so that a list of runs stays small.
export interface Curve {
  readonly steps: Float32Array;
  readonly losses: Float32Array; // mean over the steps since the entry before
  readonly evalSteps: Float32Array;
  readonly trainLosses: Float32Array;
  readonly valLosses: Float32Array; // NaN where nothing is held out
}

export const MOST_POINTS = 1000; // of losses, and of evaluations

export const noCurve: Curve = makeCurve([], {
  steps: [],
  trainLosses: [],
  valLosses: [],
});

interface Evaluations {
  readonly steps: ArrayLike<number>;
  readonly trainLosses: ArrayLike<number>;
  readonly valLosses: ArrayLike<number>;
}

// `losses` has one entry a step, from step 1.
export function makeCurve(losses: ArrayLike<number>, evaluations: Evaluations): Curve {
  const stride = Math.max(1, Math.ceil(losses.length / MOST_POINTS));
  const points = Math.ceil(losses.length / stride);
  const lastOf = (point: number) => Math.min((point + 1) * stride, losses.length);
  const chosen = everyNth(evaluations.steps.length);
  const column = (values: ArrayLike<number>) =>
    Float32Array.from(chosen, (index) => values[index] ?? NaN);
  return {
    steps: Float32Array.from({ length: points }, (_, i) => lastOf(i)),
    losses: Float32Array.from({ length: points }, (_, i) => mean(losses, i * stride, lastOf(i))),
    evalSteps: column(evaluations.steps),
    trainLosses: column(evaluations.trainLosses),
    valLosses: column(evaluations.valLosses),
  };
}

function mean(values: ArrayLike<number>, begin: number, end: number): number {
  let sum = 0;
  for (let i = begin; i < end; i++) sum += values[i]!;
  return sum / (end - begin);
}

// As many indices as are allowed, evenly, the first and the last among them.
function everyNth(length: number): number[] {
  if (length <= MOST_POINTS) return Array.from({ length }, (_, i) => i);
  const share = (length - 1) / (MOST_POINTS - 1);
  return Array.from({ length: MOST_POINTS }, (_, i) => Math.round(i * share));
}
