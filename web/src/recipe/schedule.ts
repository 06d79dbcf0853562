// The settings that a run can take over while it is trained.
import type { Recipe } from './recipe';

export const scheduleNames: readonly string[] = ['steps', 'lr', 'min_lr'];

export interface Schedule {
  readonly steps: number;
  readonly lr: number;
  readonly minLr: number;
}

export function scheduleOf({ steps, lr, min_lr: minLr }: Recipe): Schedule {
  return { steps: Number(steps), lr: Number(lr), minLr: Number(minLr) };
}

// A schedule that held for the steps up to `until`, before another took its place.
export interface PastSchedule extends Schedule {
  readonly until: number;
}

// As the engine writes them.
export function readPastSchedules(json: string): PastSchedule[] {
  const rows = JSON.parse(json) as { until: number; steps: number; lr: number; min_lr: number }[];
  return rows.map(({ until, steps, lr, min_lr: minLr }) => ({ until, steps, lr, minLr }));
}

// The names of the settings in which two recipes differ.
export function differences(a: Recipe, b: Recipe): string[] {
  return Object.keys({ ...a, ...b }).filter((name) => a[name] !== b[name]);
}
