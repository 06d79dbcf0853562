import { computed, effect, signal } from '@preact/signals';
import type { RunLibrary } from './run-library';
import type { RunState } from './run-state';

// The run that a reload, a lost tab or a crash cut short, offered to go on with: the latest one at
// the beginning of a visit, the one at hand when its engine is lost.
export class RunOffer {
  private readonly declined = signal(false);

  readonly record = computed(() => {
    const { phase, error } = this.run;
    if (phase.value === 'failed' && error.value?.code === 'crash') {
      return this.library.runs.value.find(({ id }) => id === this.library.openId.value) ?? null;
    }
    if (this.declined.value || !this.library.loaded.value || phase.value !== 'none') return null;
    return this.library.runs.value[0] ?? null;
  });

  constructor(
    private readonly library: RunLibrary,
    private readonly run: RunState,
  ) {
    // Whoever trains or opens something else has answered.
    const stop = effect(() => {
      if (this.run.phase.value === 'none') return;
      this.declined.value = true;
      queueMicrotask(() => stop());
    });
  }

  decline(): void {
    this.declined.value = true;
  }
}
