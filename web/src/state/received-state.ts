import { batch, computed, effect, signal, untracked } from '@preact/signals';
import type { Arithmetic, ModelReport } from '../engine/types';
import type { RunEvent } from '../protocol/to-page';
import { sameRecipe } from '../recipe/presets';
import type { Recipe } from '../recipe/recipe';
import { decodeLink, isLink } from '../share/link';
import type { Shared } from '../share/shared';
import { verdictOf, type Here } from '../share/verdict';
import type { EngineState } from './engine-state';
import type { RecipeState } from './recipe-state';
import type { RunState } from './run-state';
import { corpusFor, digestOf, textHere } from './share-text';
import type { Text, TextState } from './text-state';
import type { WritingState } from './writing-state';

// What a link brought: it lays out recipe, text and prompt, starts nothing, and tells what becomes
// of the run it speaks of.
export class ReceivedState {
  readonly shared = signal<Shared | null>(null);
  readonly problem = signal<string | null>(null); // with a link that could not be read
  readonly model = signal<ModelReport | null>(null); // of the link, while it is open
  private readonly runBefore = signal<number | null>(null); // the run at hand when the link came
  private readonly found = signal<{ runId: number; fingerprint: string } | null>(null);
  private readonly digest = signal<{ text: Text; sha256: string | null } | null>(null);
  private asked = 0;

  // The run begun since, if there is one.
  private readonly begun = computed(() => {
    const run = this.run.run.value;
    return run && run.runId !== this.runBefore.value ? run : null;
  });

  private readonly subject = computed(() => this.begun.value?.text ?? this.text.text.value);

  private readonly here = computed<Here>(() => {
    const begun = this.begun.value;
    const text = this.subject.value;
    const digest = this.digest.value;
    const found = this.found.value;
    return {
      text: text && textHere(text, digest?.text === text ? digest.sha256 : null),
      recipe: begun?.recipe ?? this.recipe.recipe.value,
      run: begun && {
        arithmetic: begun.info.fingerprint_class as Arithmetic,
        step: this.run.step.value,
        rescheduled: this.run.pastSchedules.value.length > 0,
        failed: this.run.phase.value === 'failed',
        found: found?.runId === begun.runId ? found.fingerprint : null,
      },
    };
  });

  readonly verdict = computed(() => {
    const shared = this.shared.value;
    return shared && verdictOf(shared, this.here.value);
  });

  // What its run must be trained in to end in the same bits.
  readonly arithmetic = computed(() => this.shared.value?.run?.arithmetic ?? null);

  constructor(
    private readonly engine: EngineState,
    private readonly text: TextState,
    private readonly recipe: RecipeState,
    private readonly run: RunState,
    private readonly writing: WritingState,
  ) {
    effect(() => {
      const text = this.subject.value;
      if (this.shared.value?.text.sha256 && text) untracked(() => void this.identify(text));
    });
    effect(() => {
      if (this.engine.status.value.name !== 'ready') this.model.value = null; // it went with the engine
    });
    effect(() => {
      const step = this.shared.value?.run?.step;
      const runId = this.begun.value?.runId;
      if (runId === undefined) return;
      this.model.value = null; // the run took its place
      if (step !== undefined) this.engine.tell({ type: 'mark', runId, step });
    });
  }

  // Reads the fragment of an address. Returns whether it brought a text.
  async receive(fragment: string): Promise<boolean> {
    if (!isLink(fragment)) return false;
    const asked = ++this.asked;
    const { value, error } = await decodeLink(fragment);
    if (asked !== this.asked) return false; // another came meanwhile
    batch(() => {
      this.shared.value = value;
      this.problem.value = error;
      this.found.value = null;
      this.model.value = null;
      this.runBefore.value = this.run.run.value?.runId ?? null;
    });
    return value !== null && this.layOut(value);
  }

  // A run tells its fingerprint where it rests, and where it was asked to.
  hear(event: RunEvent): void {
    if (!('fingerprint' in event) || event.step !== this.shared.value?.run?.step) return;
    this.found.value = { runId: event.runId, fingerprint: event.fingerprint };
  }

  // Whether a recipe is this page's own, by a person's hand if only that of Train.
  isOurs(recipe: Recipe): boolean {
    const shared = this.shared.peek();
    return !shared || this.begun.peek() !== null || !sameRecipe(shared.recipe, recipe);
  }

  dismiss(): void {
    this.asked++;
    batch(() => {
      this.shared.value = null;
      this.problem.value = null;
    });
  }

  private async layOut({ recipe, text, writing }: Shared): Promise<boolean> {
    this.recipe.use(recipe);
    if (writing) {
      this.writing.prompt.value = writing.prompt;
      this.writing.options.value = writing.options;
      this.writing.stop.value = writing.stop;
    }
    const corpus = corpusFor(text);
    if (corpus) return this.text.offerCorpus(corpus, text.corpus?.seed ?? undefined);
    if (text.content === null) return false;
    const bytes = new TextEncoder().encode(text.content);
    return this.text.offer({ name: text.name ?? 'the link’s text', corpus: null, bytes });
  }

  private async identify(text: Text): Promise<void> {
    const sha256 = await digestOf(text);
    if (this.subject.peek() === text) this.digest.value = { text, sha256 };
  }
}
