// Where numbers stand in a figure.

// `value` between two numbers, as a place between two others.
export function place(value: number, low: number, high: number, from: number, to: number): number {
  return from + ((value - low) / (high - low)) * (to - from);
}

// A positive number between two decades, by its logarithm.
export function logPlace(value: number, low: number, high: number, from: number, to: number) {
  return place(Math.log10(value), low, high, from, to);
}

// The decades that hold all of some positive numbers: 0.02 and 30 lie in [-2, 2]. One at least.
export function decadesOf(values: readonly number[]): readonly [low: number, high: number] {
  if (values.length === 0) return [0, 1];
  const logs = values.map(Math.log10);
  const low = Math.floor(Math.min(...logs));
  return [low, Math.max(Math.ceil(Math.max(...logs)), low + 1)];
}
