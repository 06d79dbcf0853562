import { computed, effect, signal, untracked } from '@preact/signals';
import type { EngineError, PlanReport } from '../engine/types';
import { readEntries, toEntries, type Entries, type Entry } from '../recipe/entries';
import { withLabels } from '../recipe/labels';
import { firstPreset, presetOf } from '../recipe/presets';
import type { Recipe } from '../recipe/recipe';
import type { EngineState } from './engine-state';
import type { TextState } from './text-state';

// The recipe of the next run, as it stands in the controls, and the engine's plan for it.
export class RecipeState {
  readonly entries = signal<Entries>(toEntries(firstPreset.recipe));
  readonly plan = signal<PlanReport | null>(null); // null where there is none for this recipe
  readonly refusal = signal<EngineError | null>(null); // what the engine has against the recipe
  readonly draft = computed(() => readEntries(this.entries.value));
  readonly recipe = computed(() => this.draft.value.recipe);
  readonly preset = computed(() => presetOf(this.recipe.value));
  readonly errors = computed<Readonly<Record<string, string>>>(() => {
    const { errors } = this.draft.value;
    const refusal = this.refusal.value;
    if (refusal?.code !== 'setting' || errors[refusal.where]) return errors;
    return { ...errors, [refusal.where]: withLabels(refusal.message) };
  });
  // What is wrong with the whole, rather than with one setting or with the text.
  readonly problem = computed(() => {
    const refusal = this.refusal.value;
    return refusal && refusal.code !== 'setting' && refusal.code !== 'text'
      ? withLabels(refusal.message)
      : null;
  });
  // What makes the present text unfit for this recipe.
  readonly textProblem = computed(() => {
    const refusal = this.refusal.value;
    return refusal?.code === 'text' ? withLabels(refusal.message) : null;
  });
  private asked = 0;

  constructor(
    private readonly engine: EngineState,
    private readonly text: TextState,
  ) {
    effect(() => {
      const recipe = this.recipe.value;
      if (recipe) untracked(() => void this.text.useTokenizer(String(recipe.tokenizer)));
    });
    effect(() => {
      const [recipe, report] = [this.recipe.value, this.text.report.value];
      if (!recipe) this.forget();
      if (!recipe || !report) return;
      untracked(() => void this.ask(recipe, report.vocab_size, report.tokens));
    });
  }

  set(name: string, entry: Entry): void {
    this.entries.value = { ...this.entries.value, [name]: entry };
  }

  use(recipe: Recipe): void {
    this.entries.value = toEntries(recipe);
  }

  // Of a recipe that cannot be read, nothing that was said of another holds.
  private forget(): void {
    this.asked++;
    this.plan.value = null;
    this.refusal.value = null;
  }

  private async ask(recipe: Recipe, vocabSize: number, tokens: number): Promise<void> {
    const asked = ++this.asked;
    const answer = await this.engine.ask({ type: 'plan', recipe, vocabSize, tokens });
    if (asked !== this.asked) return;
    const error = answer.type === 'refused' ? answer.error : answer.report.error;
    this.refusal.value = error.code && error.code !== 'crash' ? error : null;
    // What does not fit is planned all the same: its figures say by how much.
    if (answer.type === 'planned') {
      this.plan.value = error.code && error.code !== 'memory' ? null : answer.report;
    }
  }
}
