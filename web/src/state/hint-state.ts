import { computed, effect, signal } from '@preact/signals';
import type { RunState } from './run-state';

type Stage = 'begin' | 'curve' | 'words' | 'next';

const hints: Readonly<Record<Stage, string>> = {
  begin:
    'All is ready. Press Train and watch two things: the curve falls, and the writing turns from noise into words.',
  curve:
    'Watch the curve. Below “unigram” the model knows its letters, below “bigram” which letter follows which.',
  words:
    'Compare the newest writing with that of step 0: the same beginning, more steps of learning.',
  next: 'Your turn: type a prompt and press Generate, or open a text of your own and train on that.',
};

// Remembers that the hints were seen; where storage is forbidden, for this visit only.
export interface HintMemory {
  seen(): boolean;
  remember(): void;
}

// What to look at next, for who is here for the first time: a sentence for each stage of the first
// run, until it is put away. After the last of them it does not come again.
export class HintState {
  private readonly wanted = signal(false);

  private readonly stage = computed<Stage>(() => {
    const phase = this.run.phase.value;
    if (phase === 'none' || phase === 'starting') return 'begin';
    if (phase !== 'running') return 'next';
    return this.run.evaluation.value ? 'words' : 'curve';
  });

  // null where there is nothing to say.
  readonly hint = computed(() => (this.wanted.value ? hints[this.stage.value] : null));

  constructor(
    private readonly run: RunState,
    private readonly memory: HintMemory,
  ) {
    this.wanted.value = !memory.seen();
    effect(() => {
      if (this.wanted.value && this.stage.value === 'next') this.memory.remember();
    });
  }

  dismiss(): void {
    this.wanted.value = false;
    this.memory.remember();
  }
}

const KEY = 'hints';
const SEEN = 'seen';

export const hintMemory: HintMemory = {
  seen() {
    try {
      return localStorage.getItem(KEY) === SEEN;
    } catch {
      return false;
    }
  },
  remember() {
    try {
      localStorage.setItem(KEY, SEEN);
    } catch {
      // Storage may be forbidden.
    }
  },
};
