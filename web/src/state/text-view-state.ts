import { computed, effect, signal } from '@preact/signals';
import { trainTokens, type Analysis } from '../text/analysis';
import { tokensAt } from '../text/tokens';
import { withoutMark } from '../text/utf8';
import type { Analyst } from './analyst';
import type { RecipeState } from './recipe-state';
import type { TextState } from './text-state';

export const WINDOW = 480; // tokens shown at a time

// The view of the text as tokens: what it is made of, and the part of it that is looked at.
export class TextViewState {
  readonly open = signal(false);
  readonly analysis = signal<Analysis | null>(null); // null until it is there
  readonly problem = signal<string | null>(null);
  readonly first = signal(0); // the first token shown
  readonly chosen = signal(0); // the one told of

  readonly byteTokens = computed(() => this.recipe.entries.value.tokenizer === 'byte');
  // The share that is held out; that of the recipe, while it can be read.
  readonly held = computed(() => Number(this.recipe.recipe.value?.val_fraction ?? NaN));
  private readonly bytes = computed(() =>
    withoutMark(this.text.text.value?.bytes ?? new Uint8Array()),
  );
  readonly tokens = computed(() => {
    const { value: analysis } = this.analysis;
    if (!analysis) return 0;
    return this.byteTokens.value ? this.bytes.value.length : analysis.characters;
  });
  readonly splitToken = computed(() => trainTokens(this.tokens.value, this.held.value || 0));
  readonly shown = computed(() => {
    const { value: analysis } = this.analysis;
    if (!analysis) return [];
    return tokensAt(this.bytes.value, analysis, this.byteTokens.value, this.first.value, WINDOW);
  });

  constructor(
    private readonly text: TextState,
    private readonly recipe: RecipeState,
    analyst: Analyst,
  ) {
    effect(() => {
      const text = this.text.text.value;
      if (!this.open.value || !text) return;
      const [byteTokens, held] = [this.byteTokens.value, this.held.value || 0];
      const stop = new AbortController();
      this.analysis.value = null;
      this.problem.value = null;
      analyst(text.bytes, { byteTokens, held }, stop.signal).then(
        (analysis) => {
          if (!stop.signal.aborted) this.analysis.value = analysis;
        },
        (reason: unknown) => {
          if (!stop.signal.aborted) this.problem.value = String(reason);
        },
      );
      return () => stop.abort();
    });
    effect(() => {
      void this.text.text.value;
      this.look(0);
    });
  }

  // Brings a token in sight, at the beginning of what is shown, and tells of it.
  look(token: number): void {
    const last = Math.max(this.tokens.peek() - 1, 0);
    const at = Math.min(Math.max(Math.round(token), 0), last);
    this.first.value = at;
    this.chosen.value = at;
  }

  // Tells of a token, and brings it in sight where it is not.
  choose(token: number): void {
    const last = this.tokens.peek() - 1;
    const at = Math.min(Math.max(token, 0), Math.max(last, 0));
    const first = this.first.peek();
    if (at < first) this.first.value = Math.max(at - WINDOW / 2, 0);
    if (at >= first + WINDOW) this.first.value = at - WINDOW / 2;
    this.chosen.value = at;
  }
}
