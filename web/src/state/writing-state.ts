import { computed, signal, type Signal } from '@preact/signals';
import type { EngineError } from '../engine/types';
import type { RunEvent, WrittenToken } from '../protocol/to-page';
import type { KeptWriting } from '../storage/kept-writing';
import { firstOptions, type OptionEntries, type OptionName } from '../recipe/sample-options';

export interface Writing {
  readonly key: string;
  readonly step: number;
  readonly prompt: string;
  readonly asked: boolean; // by the reader, rather than by an evaluation
  readonly text: Signal<string>; // what the model wrote after the prompt, so far
  // The first of its tokens, with what else each might have been, and how many they are. What of
  // the text they do not cover is known as text alone.
  readonly tokens: WrittenToken[];
  readonly detailed: Signal<number>;
  readonly done: Signal<boolean>;
}

const MOST_WRITINGS = 200;
const MOST_DETAILED = 3000; // tokens of one text
const MOST_DETAILED_IN_ALL = 6000; // of all; older texts lose theirs first

type Began = Extract<RunEvent, { type: 'writing-began' }>;

// What the model wrote, newest first, and the prompt for the next.
export class WritingState {
  readonly writings = signal<readonly Writing[]>([]);
  readonly prompt = signal('');
  readonly options = signal<OptionEntries>(firstOptions);
  readonly stop = signal(''); // the text that ends a text
  readonly shaded = signal(false); // whether tokens are shaded by their probability
  readonly error = signal<EngineError | null>(null);
  readonly busy = computed(() =>
    this.writings.value.some(({ asked, done }) => asked && !done.value),
  );

  setOption(name: OptionName, value: string): void {
    this.options.value = { ...this.options.value, [name]: value };
  }

  receive(event: RunEvent): void {
    if (event.type === 'writing-began') return this.begin(event);
    if (event.type !== 'writing-grew' && event.type !== 'writing-ended') return;
    const writing = this.writings.value.find(({ key }) => key === keyOf(event));
    if (!writing) return;
    if (event.type === 'writing-grew') grow(writing, event.tokens);
    else writing.done.value = true;
    if (event.type === 'writing-ended' && event.error) this.error.value = event.error;
  }

  clear(): void {
    this.writings.value = [];
    this.error.value = null;
  }

  // What is to be kept, newest first.
  finished(): readonly KeptWriting[] {
    return this.writings.value
      .filter(({ done }) => done.value)
      .map(({ step, prompt, asked, text }) => ({ step, prompt, asked, text: text.value }));
  }

  restore(kept: readonly KeptWriting[]): void {
    this.writings.value = kept.slice(0, MOST_WRITINGS).map((each, i) => ({
      ...each,
      key: `kept-${i}`,
      text: signal(each.text),
      tokens: [],
      detailed: signal(0),
      done: signal(true),
    }));
  }

  // Ends what a lost worker left unfinished.
  interrupt(): void {
    for (const { done } of this.writings.value) done.value = true;
  }

  // A text that goes on with an earlier one takes its place.
  private begin(event: Began): void {
    const { step, prompt, written, asked } = event;
    const before = this.writings.value;
    const earlier =
      written === ''
        ? undefined
        : before.find((each) => each.prompt === prompt && each.text.value === written);
    const tokens = [...(earlier?.tokens ?? [])];
    const writing: Writing = {
      key: keyOf(event),
      step,
      prompt,
      asked,
      text: signal(written),
      tokens,
      detailed: signal(tokens.length),
      done: signal(false),
    };
    const rest = before.filter((each) => each !== earlier);
    this.writings.value = [writing, ...rest].slice(0, MOST_WRITINGS);
    this.forgetDetails();
  }

  private forgetDetails(): void {
    let kept = 0;
    for (const { tokens, detailed } of this.writings.value) {
      kept += tokens.length;
      if (kept <= MOST_DETAILED_IN_ALL) continue;
      tokens.length = 0;
      detailed.value = 0;
    }
  }
}

function grow({ text, tokens, detailed }: Writing, more: readonly WrittenToken[]): void {
  // Only where all before have theirs as well: details are those of the text's beginning.
  const covered = tokens.reduce((length, token) => length + token.text.length, 0);
  if (covered === text.value.length) {
    for (const token of more) {
      if (tokens.length === MOST_DETAILED || token.alternatives.length === 0) break;
      tokens.push(token);
    }
  }
  text.value += more.map((token) => token.text).join('');
  detailed.value = tokens.length;
}

function keyOf(event: { runId: number; writingId: number }): string {
  return `${event.runId}-${event.writingId}`;
}
