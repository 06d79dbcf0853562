// The settings that a run can take over while it is trained.
import type { Recipe } from './recipe';

export const scheduleNames: readonly string[] = ['steps', 'lr', 'min_lr', 'grad_clip'];

export interface Schedule {
  readonly steps: number;
  readonly lr: number;
  readonly minLr: number;
  readonly gradClip: number;
}

export function scheduleOf({ steps, lr, min_lr: minLr, grad_clip: gradClip }: Recipe): Schedule {
  return { steps: Number(steps), lr: Number(lr), minLr: Number(minLr), gradClip: Number(gradClip) };
}

// A schedule that held for the steps up to `until`, before another took its place.
export interface PastSchedule extends Schedule {
  readonly until: number;
}

// As the engine writes them.
export function readPastSchedules(json: string): PastSchedule[] {
  const rows = JSON.parse(json) as ({ until: number } & Recipe)[];
  return rows.map(({ until, ...schedule }) => ({ until, ...scheduleOf(schedule) }));
}

// The names of the settings in which two recipes differ.
export function differences(a: Recipe, b: Recipe): string[] {
  return Object.keys({ ...a, ...b }).filter((name) => a[name] !== b[name]);
}
