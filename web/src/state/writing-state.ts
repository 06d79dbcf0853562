import { computed, signal, type Signal } from '@preact/signals';
import type { EngineError } from '../engine/types';
import type { RunEvent } from '../protocol/to-page';
import { firstOptions, type OptionEntries, type OptionName } from '../recipe/sample-options';

export interface Writing {
  readonly key: string;
  readonly step: number;
  readonly prompt: string;
  readonly asked: boolean; // by the reader, rather than by an evaluation
  readonly text: Signal<string>; // what the model wrote after the prompt, so far
  readonly done: Signal<boolean>;
}

const MOST_WRITINGS = 200;

// What the model wrote, newest first, and the prompt for the next.
export class WritingState {
  readonly writings = signal<readonly Writing[]>([]);
  readonly prompt = signal('');
  readonly options = signal<OptionEntries>(firstOptions);
  readonly error = signal<EngineError | null>(null);
  readonly busy = computed(() =>
    this.writings.value.some(({ asked, done }) => asked && !done.value),
  );

  setOption(name: OptionName, value: string): void {
    this.options.value = { ...this.options.value, [name]: value };
  }

  receive(event: RunEvent): void {
    if (event.type === 'writing-began') {
      const { step, prompt, asked } = event;
      const writing = {
        key: keyOf(event),
        step,
        prompt,
        asked,
        text: signal(''),
        done: signal(false),
      };
      this.writings.value = [writing, ...this.writings.value].slice(0, MOST_WRITINGS);
      return;
    }
    if (event.type !== 'writing-grew' && event.type !== 'writing-ended') return;
    const writing = this.writings.value.find(({ key }) => key === keyOf(event));
    if (!writing) return;
    if (event.type === 'writing-grew') writing.text.value += event.text;
    else writing.done.value = true;
    if (event.type === 'writing-ended' && event.error) this.error.value = event.error;
  }

  clear(): void {
    this.writings.value = [];
    this.error.value = null;
  }

  // Ends what a lost worker left unfinished.
  interrupt(): void {
    for (const { done } of this.writings.value) done.value = true;
  }
}

function keyOf(event: { runId: number; writingId: number }): string {
  return `${event.runId}-${event.writingId}`;
}
