import { computed, effect, signal, untracked } from '@preact/signals';
import { secondsInAll, shapeOf, tokensPerStep } from '../recipe/estimate';
import { firstPreset, presets } from '../recipe/presets';
import type { Recipe } from '../recipe/recipe';
import type { EngineState } from './engine-state';
import type { RecipeState } from './recipe-state';
import type { RunState } from './run-state';
import type { TextState } from './text-state';

export interface Estimate {
  readonly perStep: number; // seconds
  readonly inAll: number;
}

const SETTLED_MS = 400; // after the last change of a recipe
const MEASURED_SECONDS = 0.06;
const WARM_UP_SECONDS = 0.2; // WebAssembly is compiled well only once it runs
const FELT = 0.05; // a change of speed by less is not worth telling

// How long recipes take on this machine: measured on a few steps of each while nothing is trained,
// and by the run itself once there is one.
export class SpeedState {
  // Seconds a step, by shape.
  private readonly known = signal<ReadonlyMap<string, number>>(new Map());
  private readonly flopsPerSecond = signal<number | null>(null); // of the last one measured
  // Operations a step of the presets, by shape.
  private readonly flops = signal<ReadonlyMap<string, number>>(new Map());
  private warm = false;
  private asked = 0;

  readonly estimate = computed<Estimate | null>(() => {
    const [recipe, plan] = [this.recipe.recipe.value, this.recipe.plan.value];
    return recipe && plan ? this.estimateOf(recipe, plan.flops_per_step) : null;
  });

  // Seconds in all, by the preset's key; null where that cannot be told.
  readonly presets = computed<Readonly<Record<string, number | null>>>(() =>
    Object.fromEntries(
      presets.map(({ key, recipe }) => {
        const flops = this.flops.value.get(this.shapeOf(recipe));
        return [key, flops === undefined ? null : (this.estimateOf(recipe, flops)?.inAll ?? null)];
      }),
    ),
  );

  constructor(
    private readonly engine: EngineState,
    private readonly recipe: RecipeState,
    private readonly text: TextState,
    private readonly run: RunState,
    // Of a recipe that came with a link nothing is allocated unasked.
    private readonly mayTry: (recipe: Recipe) => boolean,
  ) {
    effect(() => {
      const ready = this.engine.status.value.name === 'ready';
      const resting = this.rests();
      if (!ready || !resting || !this.recipe.plan.value || !this.text.report.value) return;
      const asked = ++this.asked;
      const timer = setTimeout(() => void this.measure(asked), SETTLED_MS);
      return () => clearTimeout(timer);
    });
    effect(() => {
      const [run, pace] = [this.run.run.value, this.run.pace.value];
      if (!run || !pace || !(pace.tokensPerSecond > 0)) return;
      const shape = shapeOf(run.recipe, run.info.vocab_size);
      untracked(() => this.learn(shape, tokensPerStep(run.recipe) / pace.tokensPerSecond));
    });
  }

  private rests(): boolean {
    return this.run.phase.value !== 'running' && this.run.phase.value !== 'starting';
  }

  private async measure(asked: number): Promise<void> {
    const [recipe, plan] = [this.recipe.recipe.peek(), this.recipe.plan.peek()];
    if (!recipe || !plan) return;
    const goesOn = () => asked === this.asked && untracked(() => this.rests());
    const mayTry = this.mayTry(recipe);
    if (!this.warm) await this.ask(mayTry ? recipe : firstPreset.recipe, WARM_UP_SECONDS);
    this.warm = true;
    if (mayTry && goesOn()) await this.measureOne(recipe, plan.flops_per_step);
    for (const preset of presets) {
      if (!goesOn()) return;
      const flops = await this.planned(preset.recipe);
      if (flops !== null && goesOn()) await this.measureOne(preset.recipe, flops);
    }
  }

  private async measureOne(recipe: Recipe, flops: number): Promise<void> {
    const shape = this.shapeOf(recipe);
    if (this.known.peek().has(shape)) return;
    const rate = await this.ask(recipe, MEASURED_SECONDS);
    if (rate === null) return;
    this.flopsPerSecond.value = rate;
    this.learn(shape, flops / rate);
  }

  private async ask(recipe: Recipe, seconds: number): Promise<number | null> {
    const answer = await this.engine.ask({ type: 'measure', recipe, seconds });
    return answer.type === 'measured' ? answer.flopsPerSecond : null;
  }

  private async planned(recipe: Recipe): Promise<number | null> {
    const shape = this.shapeOf(recipe);
    const known = this.flops.peek().get(shape);
    const report = this.text.report.peek();
    if (known !== undefined || !report) return known ?? null;
    const { vocab_size: vocabSize, tokens } = report;
    const answer = await this.engine.ask({ type: 'plan', recipe, vocabSize, tokens });
    if (answer.type === 'refused' || answer.report.error.code) return null;
    const flops = answer.report.flops_per_step;
    this.flops.value = new Map(this.flops.peek()).set(shape, flops);
    return flops;
  }

  private learn(shape: string, seconds: number): void {
    const before = this.known.peek().get(shape);
    if (before !== undefined && Math.abs(seconds / before - 1) < FELT) return;
    this.known.value = new Map(this.known.peek()).set(shape, seconds);
  }

  private estimateOf(recipe: Recipe, flops: number): Estimate | null {
    const rate = this.flopsPerSecond.value;
    const perStep =
      this.known.value.get(this.shapeOf(recipe)) ?? (rate === null ? null : flops / rate);
    return perStep === null ? null : { perStep, inAll: secondsInAll(recipe, perStep) };
  }

  private shapeOf(recipe: Recipe): string {
    return shapeOf(recipe, this.text.report.value?.vocab_size ?? 0);
  }
}
