import { batch, computed, effect, signal } from '@preact/signals';
import { readEntry } from '../recipe/entries';
import { settingOf } from '../recipe/schema';
import { trainTokens, type Analysis } from '../text/analysis';
import { splitOf, type PairTokens } from '../text/pairs';
import { pairPiece, tokensAt } from '../text/tokens';
import { withoutMark } from '../text/utf8';
import type { Analyst } from './analyst';
import type { RecipeState } from './recipe-state';
import type { TextState } from './text-state';
import type { Tokeniser } from './tokeniser';

export const WINDOW = 480; // tokens shown at a time

// The view of the text as tokens: what it is made of, and the part of it that is looked at.
export class TextViewState {
  readonly open = signal(false);
  readonly analysis = signal<Analysis | null>(null); // null until it is there
  readonly problem = signal<string | null>(null);
  readonly first = signal(0); // the first token shown
  readonly chosen = signal(0); // the one told of

  // Null while the entry cannot be read.
  private readonly tokenizer = computed(
    () => readEntry(settingOf('tokenizer')!, this.recipe.entries.value.tokenizer ?? '').value,
  );
  private readonly byteTokens = computed(() => this.tokenizer.value === 'byte');
  private readonly pairs = signal<PairTokens | null>(null); // where tokens are pairs of bytes
  // The share that is held out; that of the recipe, while it can be read.
  readonly held = computed(() => Number(this.recipe.recipe.value?.val_fraction ?? NaN));
  private readonly bytes = computed(() =>
    withoutMark(this.text.text.value?.bytes ?? new Uint8Array()),
  );
  readonly tokens = computed(() => {
    const { value: analysis } = this.analysis;
    if (!analysis) return 0;
    if (this.pairs.value) return this.pairs.value.ids.length;
    return this.byteTokens.value ? this.bytes.value.length : analysis.characters;
  });
  readonly splitToken = computed(() => trainTokens(this.tokens.value, this.held.value || 0));
  readonly shown = computed(() => {
    const { value: analysis } = this.analysis;
    if (!analysis) return [];
    const first = this.first.value;
    if (!this.pairs.value) {
      return tokensAt(this.bytes.value, analysis, this.byteTokens.value, first, WINDOW);
    }
    const { ids, pieces } = this.pairs.value;
    return Array.from(ids.subarray(first, first + WINDOW), (id) => pairPiece(id, pieces[id]!));
  });

  constructor(
    private readonly text: TextState,
    private readonly recipe: RecipeState,
    private readonly analyst: Analyst,
    private readonly tokenise: Tokeniser,
  ) {
    effect(() => {
      const text = this.text.text.value;
      const tokenizer = this.tokenizer.value;
      if (!this.open.value || !text || tokenizer === null) return;
      const held = this.held.value || 0;
      const stop = new AbortController();
      this.analysis.value = null;
      this.problem.value = null;
      this.analyse(text.bytes, String(tokenizer), held, stop.signal).catch((reason: unknown) => {
        if (!stop.signal.aborted) this.problem.value = String(reason);
      });
      return () => stop.abort();
    });
    effect(() => {
      void this.text.text.value;
      this.look(0);
    });
  }

  private async analyse(
    bytes: Uint8Array,
    tokenizer: string,
    held: number,
    stop: AbortSignal,
  ): Promise<void> {
    const ofPairs = !settingOf('tokenizer')!.choices!.includes(tokenizer);
    const pairs = ofPairs ? await this.tokenise(bytes, tokenizer) : null;
    if (stop.aborted) return;
    const split = { byteTokens: tokenizer === 'byte', held };
    const analysis = await this.analyst(
      bytes,
      pairs ? { ...split, splitAt: splitOf(pairs, held) } : split,
      stop,
    );
    if (stop.aborted) return;
    batch(() => {
      this.pairs.value = pairs;
      this.analysis.value = analysis;
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
