import { computed, effect } from '@preact/signals';
import { corpora, type Corpus } from '../corpora/corpora';
import type { Build } from '../engine/choose-build';
import type { WorkerPort } from '../engine/client';
import type { EngineError } from '../engine/types';
import { sameRecipe } from '../recipe/presets';
import { differences, scheduleNames } from '../recipe/schedule';
import type { Reading } from '../text/readings';
import { AccuracyState } from './accuracy-state';
import { AddressState } from './address-state';
import { analyseInWorker } from './analyst';
import { ChartState } from './chart-state';
import type { RunRecord } from '../storage/run-record';
import { EngineState } from './engine-state';
import { fileKind, readHead } from './file-kind';
import { HintState, hintMemory } from './hint-state';
import { KeptRuns } from './kept-runs';
import { placeOf, type Place } from './problem';
import { ReceivedState } from './received-state';
import { RecipeState } from './recipe-state';
import { RunArchive } from './run-archive';
import { RunKeeper, type SavedFile } from './run-keeper';
import { RunLibrary } from './run-library';
import { RunOffer } from './run-offer';
import { RunOverlays } from './run-overlays';
import { RunState } from './run-state';
import { ShareState } from './share-state';
import { SpeedState } from './speed-state';
import { StorageRoom } from './storage-room';
import { TextState, titleOf } from './text-state';
import { TextViewState } from './text-view-state';
import { UndoState } from './undo-state';
import { sheetOf, ViewState, type SheetName } from './view-state';
import { WritingRequests } from './writing-requests';
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
  readonly textView: TextViewState;
  readonly run = new RunState();
  readonly speed: SpeedState;
  readonly accuracy = new AccuracyState(this.run);
  readonly writing = new WritingState();
  readonly undo = new UndoState();
  readonly address = new AddressState();
  readonly view = new ViewState();
  readonly chart = new ChartState();
  readonly hint = new HintState(this.run, hintMemory);
  readonly keeper: RunKeeper;
  readonly write: WritingRequests;
  readonly share: ShareState;
  readonly received: ReceivedState;
  readonly room = new StorageRoom();
  readonly kept: KeptRuns;
  readonly offer: RunOffer;
  readonly beside: RunOverlays; // other runs, to compare with
  readonly archive: RunArchive;

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
    spawn: () => WorkerPort,
    build: Build,
    readonly library = new RunLibrary(),
  ) {
    this.engine = new EngineState(
      spawn,
      build,
      (event) => {
        this.run.receive(event);
        this.writing.receive(event);
        this.received.hear(event);
        this.library.receive(event);
        this.keeper.receive(event);
        if (event.type === 'kept') void this.room.ask();
        this.accuracy.receive(event);
      },
      (message) => {
        this.run.crashed(message);
        this.writing.interrupt();
      },
    );
    const { engine, run, writing, undo } = this;
    const runId = computed(() => run.run.value?.runId);
    effect(() => {
      void runId.value;
      this.chart.reset();
    });
    this.text = new TextState(engine);
    this.recipe = new RecipeState(engine, this.text);
    this.write = new WritingRequests(engine, writing);
    this.textView = new TextViewState(this.text, this.recipe, analyseInWorker);
    this.keeper = new RunKeeper(engine, library, this.text, this.recipe, run, writing, undo, (id) =>
      this.kept.open(id, 'go-on'),
    );
    this.kept = new KeptRuns(engine, library, this.keeper, run, writing, undo);
    this.offer = new RunOffer(library, run);
    this.beside = new RunOverlays(library);
    this.archive = new RunArchive(library);
    this.share = new ShareState(engine, this.text, this.recipe, run, writing);
    this.received = new ReceivedState(engine, this.text, this.recipe, run, writing);
    this.speed = new SpeedState(engine, this.recipe, this.text, run, (recipe) =>
      this.received.isOurs(recipe),
    );
  }

  // Opens the engine and lays out what the address says, or else the first sample text.
  async begin(fragment = ''): Promise<void> {
    const opened = this.engine.open();
    const library = this.library.begin();
    if (!(await this.received.receive(fragment))) await this.text.offerCorpus(corpora[0]!);
    await Promise.all([opened, library]);
    await this.room.look();
  }

  // A link that came while the page was open: what stood in the controls can be had back.
  async openLink(fragment: string): Promise<void> {
    const recipe = this.recipe.recipe.value;
    const text = this.text.text.value;
    await this.received.receive(fragment);
    if (!recipe || !text || !this.received.shared.value) return;
    this.undo.offer({
      label: 'The link’s recipe took the place of yours.',
      restore: async () => {
        this.received.dismiss();
        this.recipe.use(recipe);
        await this.text.offer(text);
      },
    });
  }

  // Opens the model that came with the link, if it is not open yet, and writes with it.
  async writeFromLink(): Promise<void> {
    const model = this.received.shared.value?.model;
    if (!model) return;
    this.received.model.value ??= await this.keeper.openModel(model);
    if (this.received.model.value) await this.write.generate();
  }

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

  async openFile(file: File): Promise<void> {
    const kind = fileKind(file.name, await readHead(file).catch(() => new Uint8Array()));
    if (kind === 'run') return this.keeper.open(file);
    if (kind === 'archive') return this.archive.import(file);
    await this.replaceText(() => this.text.offerFile(file));
  }

  async openFiles(files: readonly File[]): Promise<void> {
    if (files.length > 1) await this.replaceText(() => this.text.offerFiles(files));
    else if (files[0]) await this.openFile(files[0]);
  }

  useReading(reading: Reading): Promise<void> {
    return this.replaceText(() => this.text.offerReading(reading));
  }

  // Fetches a text; the dialog with what may be wrong stays open until it is here.
  async useAddress(entry: string): Promise<void> {
    const text = await this.address.fetch(entry);
    if (!text) return;
    this.address.open.value = false;
    await this.replaceText(() => this.text.offer(text));
  }

  useCorpus(corpus: Corpus, seed?: number): Promise<void> {
    return this.replaceText(() => this.text.offerCorpus(corpus, seed));
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
    const now = this.text.text.value;
    if (!now) return;
    this.undo.offer({
      label: `“${titleOf(now)}” took the place of “${titleOf(before)}”.`,
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
