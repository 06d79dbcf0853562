import { computed, effect } from '@preact/signals';
import { corpora } from '../corpora/corpora';
import type { Build } from '../engine/choose-build';
import type { WorkerPort } from '../engine/client';
import { AccuracyState } from './accuracy-state';
import { AddressState } from './address-state';
import { analyseInWorker } from './analyst';
import { ChartState } from './chart-state';
import { exchangeInWorker, type Exchange } from '../exchange/in-worker';
import { EngineState } from './engine-state';
import { HintState, hintMemory } from './hint-state';
import { KeptRuns } from './kept-runs';
import { nextTask } from './next-task';
import { ReceivedState } from './received-state';
import { RecipeState } from './recipe-state';
import { Remedies } from './remedies';
import { RunArchive } from './run-archive';
import { RunControl } from './run-control';
import { RunExchange } from './run-exchange';
import { RunFiles } from './run-files';
import { RunKeeper } from './run-keeper';
import { RunLibrary } from './run-library';
import { RunOffer } from './run-offer';
import { RunOverlays } from './run-overlays';
import { RunState } from './run-state';
import { ShareState } from './share-state';
import { SpeedState } from './speed-state';
import { StorageRoom } from './storage-room';
import { TextRequests } from './text-requests';
import { TextState } from './text-state';
import { TextViewState } from './text-view-state';
import { tokeniserOf } from './tokeniser';
import { UndoState } from './undo-state';
import { ViewState } from './view-state';
import { WritingRequests } from './writing-requests';
import { WritingState } from './writing-state';

// All of the page but its looks: the states of its parts, and what a person can have them do.
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
  readonly files: RunFiles;
  readonly exchange: RunExchange;
  readonly control: RunControl;
  readonly bring: TextRequests;
  readonly remedies: Remedies;

  constructor(
    spawn: () => WorkerPort,
    build: Build,
    readonly library = new RunLibrary(),
    exchange: Exchange = exchangeInWorker,
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
    this.textView = new TextViewState(this.text, this.recipe, analyseInWorker, tokeniserOf(engine));
    this.keeper = new RunKeeper(engine, library, this.text, this.recipe, run, writing, undo, (id) =>
      this.kept.open(id, 'go-on'),
    );
    this.kept = new KeptRuns(engine, library, this.keeper, run, writing, undo);
    this.offer = new RunOffer(library, run);
    this.beside = new RunOverlays(library);
    this.archive = new RunArchive(library);
    this.files = new RunFiles(engine, run, this.keeper, undo);
    this.exchange = new RunExchange(
      engine,
      this.text,
      this.recipe,
      this.files,
      this.keeper,
      undo,
      exchange,
    );
    this.share = new ShareState(engine, this.text, this.recipe, run, writing);
    this.received = new ReceivedState(engine, this.text, this.recipe, run, writing);
    this.speed = new SpeedState(engine, this.recipe, this.text, run, (recipe) =>
      this.received.isOurs(recipe),
    );
    const { text, recipe, keeper, kept, received, view } = this;
    this.control = new RunControl(engine, text, recipe, run, keeper, kept, received, view);
    this.remedies = new Remedies(engine, recipe, run, keeper, undo);
    this.bring = new TextRequests(
      text,
      this.address,
      undo,
      this.files,
      this.archive,
      this.exchange,
    );
  }

  // Opens the engine and, in the task after that, lays out what the address says, or else the first
  // sample text.
  async begin(fragment = ''): Promise<void> {
    const opened = this.engine.open();
    const library = this.library.begin();
    await nextTask();
    if (!(await this.received.receive(fragment))) await this.text.offerCorpus(corpora[0]!);
    await Promise.all([opened, library]);
    await this.room.look();
  }

  // An engine that could not be loaded, once more.
  async tryAgain(): Promise<void> {
    await this.engine.open();
    await this.text.lookAgain();
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
}
