import { computed } from '@preact/signals';
import { corpora, type Corpus } from '../corpora/corpora';
import type { Build } from '../engine/choose-build';
import type { WorkerPort } from '../engine/client';
import type { EngineError } from '../engine/types';
import { sameRecipe } from '../recipe/presets';
import { readOptions, withOptionLabel } from '../recipe/sample-options';
import { EngineState } from './engine-state';
import { fileKind, readHead } from './file-kind';
import { placeOf, type Place } from './problem';
import { RecipeState } from './recipe-state';
import { RunKeeper, type SavedFile } from './run-keeper';
import { RunState } from './run-state';
import { TextState } from './text-state';
import { UndoState } from './undo-state';
import { sheetOf, ViewState, type SheetName } from './view-state';
import { WritingState } from './writing-state';

// Where a problem is told on a narrow page.
const sheets: Readonly<Record<Place, SheetName | null>> = {
  text: 'text',
  recipe: 'model',
  run: null, // in the bar below
};

export type MainAction = 'train' | 'pause' | 'resume' | 'train-anew';

// All of the page but its looks: the states of its parts, and what a person can do.
export class App {
  readonly engine: EngineState;
  readonly text: TextState;
  readonly recipe: RecipeState;
  readonly run = new RunState();
  readonly writing = new WritingState();
  readonly undo = new UndoState();
  readonly view = new ViewState();
  readonly keeper: RunKeeper;

  // Whether the controls say something else than the run at hand.
  readonly differs = computed(() => {
    const run = this.run.run.value;
    const recipe = this.recipe.recipe.value;
    if (!run || !this.run.alive.value) return false;
    return this.text.text.value !== run.text || recipe === null || !sameRecipe(recipe, run.recipe);
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
    return phase === 'paused' && !this.differs.value ? 'resume' : 'train-anew';
  });

  constructor(spawn: () => WorkerPort, build: Build) {
    this.engine = new EngineState(
      spawn,
      build,
      (event) => {
        this.run.receive(event);
        this.writing.receive(event);
      },
      (message) => {
        this.run.crashed(message);
        this.writing.interrupt();
      },
    );
    const { engine, run, writing, undo } = this;
    this.text = new TextState(engine);
    this.recipe = new RecipeState(engine, this.text);
    this.keeper = new RunKeeper(engine, this.text, this.recipe, run, writing, undo);
  }

  // Opens the engine and lays out the first sample text.
  async begin(): Promise<void> {
    const opened = this.engine.open();
    await Promise.all([opened, this.text.offerCorpus(corpora[0]!)]);
  }

  // Trains, pauses or goes on, whichever makes sense now.
  async toggle(): Promise<void> {
    const action = this.mainAction.value;
    if (this.run.phase.value === 'starting') return;
    if (action === 'pause') this.command('pause');
    else if (action === 'resume' || (await this.start())) this.command('train');
  }

  async single(): Promise<void> {
    if (this.run.phase.value === 'starting' || !this.canStep.value) return;
    const goesOn = this.mainAction.value === 'resume' || this.mainAction.value === 'pause';
    if (goesOn || (await this.start())) this.command('step');
  }

  // Puts the controls back to what the run at hand was begun with.
  returnToRun(): void {
    const run = this.run.run.value;
    if (!run) return;
    this.recipe.use(run.recipe);
    void this.text.offer(run.text);
  }

  async generate(): Promise<void> {
    const reading = readOptions(this.writing.options.value);
    if (reading.error) {
      const { name: where, message } = reading.error;
      this.writing.error.value = { code: 'setting', where, message };
      return;
    }
    this.writing.error.value = null;
    const prompt = this.writing.prompt.value;
    const { options } = reading;
    const answer = await this.engine.ask({ type: 'generate', prompt, options });
    if (answer.type === 'refused') this.writing.error.value = withOptionLabel(answer.error);
  }

  stopWriting(): void {
    this.engine.tell({ type: 'stop-writing' });
  }

  async openFile(file: File): Promise<void> {
    const kind = fileKind(file.name, await readHead(file).catch(() => new Uint8Array()));
    if (kind === 'run') return this.keeper.open(file);
    await this.replaceText(() => this.text.offerFile(file));
  }

  useCorpus(corpus: Corpus): Promise<void> {
    return this.replaceText(() => this.text.offerCorpus(corpus));
  }

  usePasted(words: string, name = 'pasted text'): Promise<void> {
    const bytes = new TextEncoder().encode(words);
    return this.replaceText(() => this.text.offer({ name, corpus: null, bytes }));
  }

  save(): Promise<SavedFile | null> {
    return this.keeper.save();
  }

  private async replaceText(offer: () => Promise<boolean>): Promise<void> {
    const before = this.text.text.value;
    if (!(await offer()) || !before) return;
    this.undo.offer({
      label: `“${this.text.text.value?.name}” took the place of “${before.name}”.`,
      restore: async () => void (await this.text.offer(before)),
    });
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
    const error = await this.keeper.start(recipe, text);
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
