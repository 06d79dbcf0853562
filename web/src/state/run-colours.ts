// How runs are told apart on the chart: by a colour (tokens.css has as many) and by the dashes of
// the line, so that hue alone never decides.
import type { RunRecord } from '../storage/run-record';

export interface RunLook {
  readonly token: string; // of tokens.css
  readonly dash: readonly number[]; // as a canvas and an SVG take it
}

export const runLooks: readonly RunLook[] = [
  { token: '--run-1', dash: [] },
  { token: '--run-2', dash: [6, 3] },
  { token: '--run-3', dash: [2, 2] },
  { token: '--run-4', dash: [10, 3, 2, 3] },
  { token: '--run-5', dash: [4, 2, 1, 2] },
  { token: '--run-6', dash: [12, 4] },
];

export function lookOf({ colour }: Pick<RunRecord, 'colour'>): RunLook {
  return runLooks[colour % runLooks.length]!;
}

// The one that fewest runs have.
export function nextColour(runs: readonly Pick<RunRecord, 'colour'>[]): number {
  const uses = runLooks.map((_, i) => runs.filter(({ colour }) => colour % runLooks.length === i));
  const counts = uses.map(({ length }) => length);
  return counts.indexOf(Math.min(...counts));
}
