import { computed, signal } from '@preact/signals';
import type { Divergence, EarlierState } from '../protocol/to-page';
import type { Recipe } from '../recipe/recipe';
import type { EngineState } from './engine-state';
import { formatCount } from './format';
import type { RecipeState } from './recipe-state';
import type { RunKeeper } from './run-keeper';
import { forkName } from './run-names';
import type { RunState } from './run-state';
import type { UndoState } from './undo-state';

// A lower rate, a tighter clip, or only the way back.
export type Remedy = 'rate' | 'clip' | 'back';

// Further back than that which led there: the weights of the last steps are what overflowed.
const LEAST_BACK = 20;

// What can be done for a run that diverged: to go back to a state that was sound, and on from there
// by another recipe. That is a run of its own, beside the one that diverged, unless it goes on from
// where that stands.
export class Remedies {
  private readonly picked = signal<{ divergence: Divergence; step: number } | null>(null);

  // Oldest first; the last is where the run stands.
  readonly states = computed<readonly EarlierState[]>(
    () => this.run.divergence.value?.states ?? [],
  );
  // The step that remedies go back to.
  readonly step = computed(() => {
    const { value: divergence } = this.run.divergence;
    const { value: picked } = this.picked;
    if (!divergence) return null;
    return picked?.divergence === divergence ? picked.step : soundStep(divergence);
  });
  readonly recipes = computed<Readonly<Record<Remedy, Recipe>> | null>(() => {
    const recipe = this.run.run.value?.recipe;
    return recipe
      ? { rate: withLowerRate(recipe), clip: withTighterClip(recipe), back: recipe }
      : null;
  });
  private working = false;

  constructor(
    private readonly engine: EngineState,
    private readonly recipe: RecipeState,
    private readonly run: RunState,
    private readonly keeper: RunKeeper,
    private readonly undo: UndoState,
  ) {}

  pick(step: number): void {
    const { value: divergence } = this.run.divergence;
    if (divergence) this.picked.value = { divergence, step };
  }

  async take(remedy: Remedy): Promise<void> {
    const [step, recipes] = [this.step.value, this.recipes.value];
    if (step === null || !recipes || this.working) return;
    this.working = true;
    try {
      await this.keeper.working('Going back', () => this.goOn(step, remedy, recipes[remedy]));
    } finally {
      this.working = false;
    }
  }

  private async goOn(step: number, remedy: Remedy, recipe: Recipe): Promise<void> {
    const putBack = step < this.run.step.value ? await this.goBack(step) : null;
    if (putBack === undefined) return;
    if (remedy === 'back') return this.undo.offer(putBack);
    this.recipe.use(recipe);
    const changed = remedy === 'rate' ? ['lr'] : ['grad_clip'];
    const error = await this.keeper.reschedule(recipe, changed, putBack);
    if (error) this.keeper.error.value = error;
    else this.engine.tell({ type: 'train', runId: this.run.run.value!.runId });
  }

  // What undoes it, null where nothing can; undefined where the state is not there.
  private async goBack(step: number) {
    const { keeper } = this;
    const { text } = this.run.run.value!;
    const name = keeper.keptOpen.value?.name ?? text.name;
    const putBack = await keeper.remember();
    const runId = await keeper.rollBack(step, text);
    if (runId === null) return undefined;
    const forkedFrom = { name, step };
    await keeper.keepAsNew(runId, { name: forkName(name), text, forkedFrom });
    const label = `Back at step ${formatCount(step)}; the run that stopped was put away.`;
    return putBack && { ...putBack, label };
  }
}

// The newest state that lies well before the trouble and whose loss is no worse than the first.
function soundStep({ states, failed, before }: Divergence): number {
  const first = states.find(({ step }) => step > 0)?.loss ?? before[0]?.loss ?? Infinity;
  const sound = states.filter(
    ({ step, loss }) => step <= failed.step - LEAST_BACK && !(loss > first),
  );
  return (sound.at(-1) ?? states[0])?.step ?? failed.step - 1;
}

function withLowerRate(recipe: Recipe): Recipe {
  const lr = Number((Number(recipe.lr) / 3).toPrecision(1));
  return { ...recipe, lr, min_lr: Math.min(lr, Number(recipe.min_lr)) };
}

// To the usual 1 where there was none or a larger one, else to half.
function withTighterClip(recipe: Recipe): Recipe {
  const clip = Number(recipe.grad_clip);
  return { ...recipe, grad_clip: clip === 0 || clip > 1 ? 1 : clip / 2 };
}
