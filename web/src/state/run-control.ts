import { computed } from '@preact/signals';
import type { EngineError } from '../engine/types';
import { sameRecipe } from '../recipe/presets';
import { differences, scheduleNames } from '../recipe/schedule';
import type { RunRecord } from '../storage/run-record';
import type { EngineState } from './engine-state';
import type { KeptRuns } from './kept-runs';
import { placeOf, type Place } from './problem';
import type { ReceivedState } from './received-state';
import type { RecipeState } from './recipe-state';
import type { RunKeeper } from './run-keeper';
import type { RunState } from './run-state';
import type { TextState } from './text-state';
import { sheetOf, type SheetName, type ViewState } from './view-state';

// Where a problem is told on a narrow page.
const sheets: Readonly<Record<Place, SheetName | null>> = {
  text: 'text',
  recipe: 'model',
  run: null, // in the bar below
};

export type MainAction = 'train' | 'pause' | 'resume' | 'train-anew';

// What the controls mean for the run at hand, and what a person has it do.
export class RunControl {
  // Whether the controls say something else than the run at hand.
  readonly differs = computed(() => {
    const run = this.run.run.value;
    const recipe = this.recipe.recipe.value;
    if (!run || !this.run.alive.value) return false;
    return this.text.text.value !== run.text || recipe === null || !sameRecipe(recipe, run.recipe);
  });

  // What the controls would change about the run at hand, where that is all that it can take over
  // from the next step on; empty where they say the same, or what only another run could.
  readonly changes = computed<readonly string[]>(() => {
    const run = this.run.run.value;
    const recipe = this.recipe.recipe.value;
    if (!this.differs.value || !run || !recipe || this.text.text.value !== run.text) return [];
    const names = differences(recipe, run.recipe);
    const goesOn = Number(recipe.steps) > this.run.step.value;
    return goesOn && names.every((name) => scheduleNames.includes(name)) ? names : [];
  });

  // How long the run is, or the next one would be; 0 while that cannot be read.
  readonly steps = computed(() => {
    if (this.run.run.value) return this.run.steps.value;
    return this.recipe.errors.value.steps ? 0 : Number(this.recipe.entries.value.steps);
  });

  // A finished run takes no step; one that would begin with a step is another.
  readonly canStep = computed(() => this.run.phase.value !== 'done' || this.differs.value);

  readonly mainAction = computed<MainAction>(() => {
    const phase = this.run.phase.value;
    if (phase === 'none' || phase === 'starting') return 'train';
    if (phase === 'running') return 'pause';
    const goesOn = this.changes.value.length > 0 || (phase === 'paused' && !this.differs.value);
    return goesOn ? 'resume' : 'train-anew';
  });

  constructor(
    private readonly engine: EngineState,
    private readonly text: TextState,
    private readonly recipe: RecipeState,
    private readonly run: RunState,
    private readonly keeper: RunKeeper,
    private readonly kept: KeptRuns,
    private readonly received: ReceivedState,
    private readonly view: ViewState,
  ) {}

  // Trains, pauses or goes on, whichever makes sense now.
  async toggle(): Promise<void> {
    const action = this.mainAction.value;
    if (this.run.phase.value === 'starting') return;
    if (action === 'pause') return this.command('pause');
    if (await (action === 'resume' ? this.takeChanges() : this.start())) this.command('train');
  }

  // Begins a new run where the present one could go on, too.
  async trainAnew(): Promise<void> {
    if (this.run.phase.value !== 'starting' && (await this.start())) this.command('train');
  }

  // Lets the run at hand go on by the schedule in the controls, from the next step on. Returns
  // whether it does.
  async takeChanges(): Promise<boolean> {
    const [run, recipe, changes] = [
      this.run.run.value,
      this.recipe.recipe.value,
      this.changes.value,
    ];
    await this.kept.claim();
    if (!run || !recipe || changes.length === 0) return true;
    const error = await this.keeper.reschedule(recipe, changes);
    return error ? this.refused(error) : true;
  }

  // Opens a kept run and trains on, if it was being trained when its tab was lost.
  async goOn(record: RunRecord): Promise<void> {
    if (!(await this.kept.open(record.id, 'go-on'))) return;
    if (record.kept.training && this.run.phase.value === 'paused') this.command('train');
  }

  async single(): Promise<void> {
    if (this.run.phase.value === 'starting' || !this.canStep.value) return;
    const action = this.mainAction.value;
    if (action === 'resume' && !(await this.takeChanges())) return;
    const goesOn = action === 'resume' || action === 'pause';
    if (goesOn || (await this.start())) this.command('step');
  }

  // Puts the controls back to what the run at hand was begun with.
  returnToRun(): void {
    const run = this.run.run.value;
    if (!run) return;
    this.recipe.use(run.recipe);
    void this.text.offer(run.text);
  }

  private async start(): Promise<boolean> {
    const recipe = this.recipe.recipe.value;
    const text = this.text.text.value;
    if (!recipe) return this.showProblem(null);
    if (!text || !this.text.report.value) {
      await this.engine.ready();
      if (!text || this.text.error.value) return this.showProblem(this.text.error.value);
    }
    this.text.error.value = null;
    // The engine has the last word: what it said of the plan may be of an earlier recipe.
    const error = await this.keeper.start(recipe, text, this.received.arithmetic.value);
    return error ? this.refused(error) : true;
  }

  private refused(error: EngineError): false {
    // A refusal goes when text or recipe change, which it is about.
    if (placeOf(error) === 'run') this.keeper.error.value = error;
    else this.recipe.refusal.value = error;
    return this.showProblem(error);
  }

  // Brings what is wrong in sight: on a narrow page its sheet, and the first control concerned.
  private showProblem(error: EngineError | null): false {
    const setting = Object.keys(this.recipe.errors.value)[0];
    const sheet = setting ? sheetOf(setting) : sheets[error ? placeOf(error) : 'recipe'];
    if (this.view.narrow.value) this.view.sheet.value = sheet;
    this.view.attention.value = { name: setting ?? sheet ?? 'run' };
    return false;
  }

  private command(type: 'train' | 'pause' | 'step'): void {
    const runId = this.run.run.value?.runId;
    if (runId !== undefined) this.engine.tell({ type, runId });
  }
}
