import { batch, computed, signal } from '@preact/signals';
import type { Arithmetic, EngineError, ModelReport } from '../engine/types';
import type { Answer, Refused, RunEvent } from '../protocol/to-page';
import type { Recipe } from '../recipe/recipe';
import { scheduleOf } from '../recipe/schedule';
import { recipeFrom } from '../recipe/schema';
import type { RunRecord, TextName } from '../storage/run-record';
import type { EngineState } from './engine-state';
import { formatCount } from './format';
import { listed } from './words';
import { RunCurves } from './run-curves';
import type { RunLibrary } from './run-library';
import type { RecipeState } from './recipe-state';
import type { RunState } from './run-state';
import { sampleName, type Text, type TextState } from './text-state';
import type { Undo, UndoState } from './undo-state';
import type { WritingState } from './writing-state';

// Begins runs, puts them away and brings them back. The engine holds one at a time; the others are in the
// browser's storage or, where that is refused, in memory for as long as they can be had back.
export class RunKeeper {
  readonly busy = signal<string | null>(null); // what is being done with a file
  readonly error = signal<EngineError | null>(null);
  readonly keptOpen = computed(() => this.library.find(this.library.openId.value));
  private nextRunId = 1;
  private work: Promise<unknown> = Promise.resolve(); // while busy

  constructor(
    private readonly engine: EngineState,
    private readonly library: RunLibrary,
    private readonly text: TextState,
    private readonly recipe: RecipeState,
    private readonly run: RunState,
    private readonly writing: WritingState,
    private readonly undo: UndoState,
    private readonly reopen: (id: string) => Promise<unknown>, // from the browser's storage
  ) {}

  // A new run of the recipe and text at hand. Returns the engine's objection if it has one; the
  // run before is kept then.
  async start(
    recipe: Recipe,
    text: Text,
    arithmetic: Arithmetic | null,
  ): Promise<EngineError | null> {
    const before = this.run.phase.value;
    const putBack = await this.remember();
    this.run.phase.value = 'starting';
    const runId = this.nextRunId++;
    const { bytes } = text;
    const answer = await this.engine.ask({ type: 'start', runId, recipe, bytes, arithmetic });
    if (answer.type === 'refused') {
      if (this.run.phase.value === 'starting') this.run.phase.value = before;
      return answer.error;
    }
    this.begin(() => this.run.begin({ runId, text, recipe, info: answer.info }));
    await this.keepAsNew(runId, { name: text.name, text, forkedFrom: null });
    this.undo.offer(putBack && { ...putBack, label: `A new run began. ${putBack.label}` });
    return null;
  }

  // The present run goes on by the recipe's schedule, which differs in `changes`. Where it was brought
  // here for that, `putBack` undoes both.
  async reschedule(
    recipe: Recipe,
    changes: readonly string[],
    putBack: Undo | null = null,
  ): Promise<EngineError | null> {
    const before = this.run.run.value?.recipe;
    const answer = await this.engine.ask({ type: 'reschedule', ...scheduleOf(recipe) });
    if (answer.type === 'refused') return answer.error;
    this.run.reschedule(answer.info);
    const label = `${listed(changes, recipe)} from step ${formatCount(answer.info.step + 1)} on.`;
    if (putBack) this.undo.offer({ ...putBack, label });
    else
      this.undo.offer({
        label,
        restore: async () => {
          if (!before) return;
          this.recipe.use(before);
          const back = await this.engine.ask({ type: 'reschedule', ...scheduleOf(before) });
          if (back.type !== 'refused') this.run.reschedule(back.info);
        },
      });
    return null;
  }

  async reset(): Promise<void> {
    if (this.run.phase.value === 'none') return;
    await this.idle();
    this.pause();
    const putBack = await this.remember();
    this.putAway();
    this.undo.offer(putBack);
  }

  // Lets the engine be started anew under the present run, which goes on as it was.
  async carryOver(restart: () => Promise<void>): Promise<void> {
    const putBack = await this.remember();
    await restart();
    if (putBack) await putBack.restore();
    else if (this.run.alive.value) this.putAway();
  }

  // Opens a model without a run in place of the present run. Null where the model is not sound.
  async openModel(bytes: Uint8Array): Promise<ModelReport | null> {
    const putBack = await this.remember();
    const answer = await this.engine.ask({ type: 'open-model', runId: this.nextRunId++, bytes });
    if (answer.type === 'refused') {
      this.error.value = answer.error;
      return null;
    }
    this.putAway();
    this.run.lone.value = bytes;
    this.undo.offer(putBack);
    return answer.model;
  }

  // Has the present run kept as it is this moment: the tab may not come back.
  keepNow(): void {
    const { run } = this.run;
    if (run.value) this.engine.tell({ type: 'keep-now', runId: run.value.runId });
    void this.keepWritings();
  }

  receive(event: RunEvent): void {
    const { openId } = this.library;
    if (event.type !== 'kept' || event.id !== openId.value) return;
    void this.library.keepWritings(event.id, this.writing.finished());
  }

  // The run in the engine is kept from now on, as one of its own.
  async keepAsNew(
    runId: number,
    beginning: { name: string; text: TextName; forkedFrom: RunRecord['forkedFrom'] },
  ): Promise<void> {
    const { name, corpus } = beginning.text;
    const card = await this.library.add({ ...beginning, text: { name, corpus } });
    this.engine.tell({ type: 'keep', runId, card, isNew: true });
    if (this.run.step.value > 0) this.engine.tell({ type: 'keep-now', runId });
  }

  // Returns the number of the run, or null where the engine refuses it.
  async load(bytes: Uint8Array<ArrayBuffer>, name: TextName): Promise<number | null> {
    const runId = this.nextRunId++;
    return this.takeOn(
      runId,
      await this.engine.ask({ type: 'load', runId, bytes }, [bytes.buffer]),
      name,
    );
  }

  // Goes back to a state that the run had after `step`, as another run. The number of that, or null
  // where the state is not held any more.
  async rollBack(step: number, name: TextName): Promise<number | null> {
    const runId = this.nextRunId++;
    return this.takeOn(runId, await this.engine.ask({ type: 'roll-back', runId, step }), name);
  }

  private async takeOn(
    runId: number,
    answer: Refused | Extract<Answer, { type: 'loaded' }>,
    name: TextName,
  ): Promise<number | null> {
    if (answer.type === 'refused') {
      this.error.value = answer.error;
      return null;
    }
    const { info, history, fingerprint } = answer;
    const recipe = recipeFrom(info.recipe_json);
    const text: Text = { ...(sampleName(answer.corpus) ?? name), bytes: answer.text };
    const curves = await RunCurves.of(history);
    this.begin(() => {
      this.recipe.use(recipe);
      this.run.restore({ runId, text, recipe, info }, curves, fingerprint);
    });
    await this.text.offer(text);
    return runId;
  }

  // What brings the present run back once another has taken its place; null where there is none
  // worth it.
  async remember(): Promise<Undo | null> {
    const { run, alive, step } = this.run;
    const past = run.value;
    if (!past || !alive.value || step.value === 0) return null;
    const id = await this.settle();
    const label = `The run at step ${formatCount(step.value)} was put away.`;
    if (id) return { label, restore: async () => void (await this.reopen(id)) };
    const saved = await this.engine.ask({ type: 'save' });
    if (saved.type === 'refused') return null;
    const { text } = past;
    const writings = this.writing.writings.value;
    const card = this.keptOpen.value;
    return {
      label,
      restore: async () => {
        const runId = await this.load(saved.bytes, text);
        if (runId === null) return;
        this.writing.writings.value = writings;
        const hold = card && (await this.library.lock.acquire(card.id));
        if (!hold) return this.keepAsNew(runId, { name: text.name, text, forkedFrom: null });
        this.library.take(card.id, hold);
        this.engine.tell({ type: 'keep', runId, card, isNew: false });
      },
    };
  }

  // The id under which the present run is in the storage, as it is now; null where it is not.
  private async settle(): Promise<string | null> {
    const answer = await this.engine.ask({ type: 'settle' });
    if (answer.type === 'refused' || this.library.problem.value) return null;
    await this.library.refresh();
    await this.keepWritings();
    return this.keptOpen.value?.id ?? null;
  }

  private async keepWritings(): Promise<void> {
    const id = this.keptOpen.value?.id;
    if (id) await this.library.keepWritings(id, this.writing.finished());
  }

  pause(): void {
    const { value: run } = this.run.run;
    if (run) this.engine.tell({ type: 'pause', runId: run.runId });
  }

  putAway(): void {
    this.library.take(null, null);
    this.begin(() => this.run.clear());
  }

  private begin(change: () => void): void {
    batch(() => {
      this.error.value = null;
      this.writing.clear();
      change();
    });
  }

  async working<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.error.value = null;
    this.busy.value = what;
    const done = work().finally(() => (this.busy.value = null));
    this.work = done.catch(() => undefined);
    return done;
  }

  // Once nothing is being done with a file. What takes a run away waits for that: what is half open
  // is not yet the run at hand, and its undo would take the place of the later one.
  async idle(): Promise<void> {
    while (this.busy.value !== null) await this.work;
  }

  refuse(message: string): void {
    this.error.value = { code: 'file', where: '', message };
  }
}
