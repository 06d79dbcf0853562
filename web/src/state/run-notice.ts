import { effect, signal, untracked, type ReadonlySignal } from '@preact/signals';
import type { choices } from './choices';
import type { Notifier } from './notifier';
import type { RunState } from './run-state';
import { endWords } from './words';

const KEY = 'notify';

// Tells of the end of a run those who asked for it and look elsewhere.
export class RunNotice {
  readonly wanted = signal(false);
  readonly refused = signal(false); // by the browser, or by the person when it asked
  readonly possible: boolean;

  constructor(
    private readonly notifier: Notifier | null,
    private readonly storage: typeof choices,
  ) {
    this.possible = notifier !== null;
    this.wanted.value = storage.getItem(KEY) !== null && notifier?.permission() === 'granted';
  }

  async choose(wanted: boolean): Promise<void> {
    const permission = wanted ? await this.notifier?.ask() : null;
    this.refused.value = permission === 'denied';
    this.wanted.value = permission === 'granted';
    if (this.wanted.value) this.storage.setItem(KEY, 'yes');
    else this.storage.removeItem(KEY);
  }

  watch(run: RunState, visible: ReadonlySignal<boolean>): void {
    let before = run.phase.peek();
    effect(() => {
      const phase = run.phase.value;
      const ended = before === 'running' && (phase === 'done' || phase === 'failed');
      before = phase;
      if (ended) untracked(() => this.tell(run, visible.value));
    });
  }

  private tell(run: RunState, seen: boolean): void {
    if (seen || !this.wanted.value) return;
    const { title, body } = endWords({
      name: run.run.value?.text.name ?? '',
      phase: run.phase.value,
      step: run.step.value,
      valLoss: run.evaluation.value?.valLoss ?? null,
      trouble: run.error.value?.message ?? null,
    });
    this.notifier?.show(title, body);
  }
}
