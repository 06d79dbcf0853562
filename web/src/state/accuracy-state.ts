import { computed, signal } from '@preact/signals';
import type { RunEvent } from '../protocol/to-page';
import type { RunState } from './run-state';

export type Score = Omit<Extract<RunEvent, { type: 'scored' }>, 'type' | 'runId'>;

const MOST_SCORES = 400; // as many as a small line can show

// How often the model answers the held-out questions of a task right: at each evaluation, while its
// text is a task's.
export class AccuracyState {
  private readonly told = signal<{ runId: number; scores: readonly Score[] } | null>(null);

  // Of the run at hand, in the order of steps.
  readonly scores = computed<readonly Score[]>(() => {
    const told = this.told.value;
    return told && told.runId === this.run.run.value?.runId ? told.scores : [];
  });
  readonly latest = computed(() => this.scores.value.at(-1) ?? null);

  constructor(private readonly run: RunState) {}

  receive(event: RunEvent): void {
    if (event.type !== 'scored') return;
    const { runId, step, right, of, mistake } = event;
    const told = this.told.peek();
    const before = told?.runId === runId ? told.scores.filter((score) => score.step < step) : [];
    this.told.value = { runId, scores: thin([...before, { step, right, of, mistake }]) };
  }
}

// When there are too many, every second one is let go, never the first or the last.
function thin(scores: readonly Score[]): readonly Score[] {
  if (scores.length <= MOST_SCORES) return scores;
  return scores.filter((_, i) => i % 2 === 0 || i === scores.length - 1);
}
