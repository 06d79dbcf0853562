import { settings } from '../recipe/schema';
import type { RunRecord } from '../storage/run-record';
import { NOTHING } from './format';

export interface Difference {
  readonly label: string;
  readonly values: readonly string[]; // one a run
}

// What is not the same in all of these runs: text and settings.
export function differences(runs: readonly RunRecord[]): Difference[] {
  const text = { label: 'Text', values: runs.map((run) => run.text.name) };
  const rows = settings.map(({ name, label }) => ({
    label,
    values: runs.map(({ kept }) => words(kept.recipe[name])),
  }));
  return [text, ...rows].filter(({ values }) => new Set(values).size > 1);
}

function words(value: string | number | boolean | undefined): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value === undefined ? NOTHING : String(value);
}
