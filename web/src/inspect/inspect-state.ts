import { batch, computed, effect, signal } from '@preact/signals';
import type { EngineState } from '../state/engine-state';
import type { RunState } from '../state/run-state';
import type { WritingState } from '../state/writing-state';
import { AttentionState } from './attention-state';
import { ExpectsState, GOES_ON_BY } from './expects-state';
import { GradientsState } from './gradients-state';
import { HealthState } from './health-state';
import type { InspectPort } from './in-worker';
import { MemoryState } from './memory-state';
import { NumbersState } from './numbers-state';
import type { EngineError } from '../engine/types';
import type { AnatomyTensor, InspectAnswer, ModelFacts, Part, Passage } from './messages';

export type Tab = 'attention' | 'expects' | 'gradients' | 'memory' | 'anatomy' | 'health';

// Characters of a text that are looked at first: few enough to be read on a map's axes.
const FIRST_LOOK = 40;

const NO_NEXT_STEP =
  'This model came without its run: there is no next step of it to look at. Train one here, or open a saved run.';

// A text as the whole model sees it, with nothing switched off.
export interface Whole {
  readonly loss: number;
  readonly goesOn: string;
}

// What is looked at, what is known of it, and what a person can have looked at. The model is a copy
// of the run's, taken when asked for and, while it is followed, at every evaluation.
export class InspectState {
  readonly tab = signal<Tab>('attention');
  readonly model = signal<ModelFacts | null>(null);
  readonly taking = signal(false);
  readonly follows = signal(true);
  readonly problem = signal<string | null>(null); // of the model or of the worker
  readonly text = signal('');
  readonly textProblem = signal<string | null>(null);
  readonly passage = signal<Passage | null>(null);
  readonly position = signal(0); // the token looked at, of the passage
  readonly off = signal<readonly Part[]>([]);
  readonly whole = signal<Whole | null>(null);

  // The tokens looked at, to be read.
  readonly pieces = computed(() => {
    const { value: passage } = this.passage;
    const { value: model } = this.model;
    if (!passage || !model) return [];
    const { ids, first, length } = passage;
    return Array.from(ids.subarray(first, first + length), (id) => model.pieces[id] ?? '');
  });
  readonly surprises = computed(() => {
    const { value: passage } = this.passage;
    return passage?.surprises.subarray(passage.first, passage.first + passage.length) ?? null;
  });
  readonly anatomy = signal<readonly AnatomyTensor[] | null>(null);
  readonly place = signal('embedding'); // the tensor of the anatomy that is told of
  readonly pass = signal<1 | -1 | 0>(0); // going through it forward, backward, or at rest
  readonly stop = signal<number | null>(null); // of the tour; null: not on it
  readonly attention = new AttentionState(this.model);
  readonly expects: ExpectsState;
  readonly numbers: NumbersState;
  readonly gradients: GradientsState;
  readonly memory: MemoryState;
  readonly health: HealthState;

  private readonly port: InspectPort;
  private revision = 0;
  private turn: Promise<void> = Promise.resolve();
  private again = false; // a newer model is wanted once this one is there
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly engine: Pick<EngineState, 'ask'>,
    private readonly run: RunState,
    private readonly writing: WritingState,
    port: InspectPort,
  ) {
    this.port = this.telling(port);
    this.expects = new ExpectsState(this.port, this.position);
    this.numbers = new NumbersState(this.port, this.anatomy, this.place);
    this.gradients = new GradientsState(this.port);
    this.memory = new MemoryState(run, this.port);
    this.health = new HealthState(this.port);
  }

  // Takes the model as soon as there is one, and anew at every evaluation and rest while it is
  // followed.
  begin(): void {
    const moment = computed(() => {
      const { run, alive, lone, phase, evaluation } = this.run;
      if (lone.value) return lone.value;
      if (!alive.value) return null;
      return [run.value?.runId, evaluation.value?.step, phase.value === 'running'].join();
    });
    this.stops.push(
      effect(() => {
        if (moment.value === null || !this.follows.value) return;
        void this.take();
      }),
    );
  }

  end(): void {
    for (const stop of this.stops) stop();
    this.port.end();
  }

  // The run's model as it is now, or the one that came without a run.
  async take(): Promise<void> {
    if (this.taking.peek()) {
      this.again = true;
      return;
    }
    this.taking.value = true;
    do {
      this.again = false;
      await this.takeOnce();
    } while (this.again);
    this.taking.value = false;
  }

  private async takeOnce(): Promise<void> {
    const copy = await this.copy();
    if (!copy) return;
    const opened = await this.port.ask({ type: 'open', run: copy }, [copy.buffer]);
    if (opened.type === 'refused') return this.fail(opened.error.message);
    const before = this.model.peek();
    const { layers, heads } = opened.model;
    const sameShape = before?.layers === layers && before.heads === heads;
    batch(() => {
      this.problem.value = null;
      this.model.value = opened.model;
      if (sameShape) return;
      this.off.value = [];
      this.attention.head.value = { layer: layers - 1, head: 0 };
    });
    if (this.text.peek() === '') this.text.value = this.beginning();
    await this.inTurn(() => this.readAgain());
  }

  private async copy(): Promise<Uint8Array<ArrayBuffer> | null> {
    const lone = this.run.lone.peek();
    if (lone) return lone.slice();
    const saved = await this.engine.ask({ type: 'save' });
    if (saved.type === 'saved') return saved.bytes;
    this.fail(saved.error.message);
    return null;
  }

  // The text that the run learns, as much as is looked at first: what it writes is noise at first.
  private beginning(): string {
    const bytes = this.run.run.peek()?.text.bytes;
    if (!bytes) return this.written() ?? firstOf(this.writing.prompt.peek()); // it learns none here
    return firstOf(new TextDecoder().decode(bytes.subarray(0, 4 * FIRST_LOOK)));
  }

  // The newest text that the model wrote, as much as is looked at first.
  written(): string | null {
    const newest = this.writing.writings.peek().find(({ text }) => text.peek().length > 1);
    if (!newest) return null;
    return firstOf(newest.prompt + newest.text.peek());
  }

  // Looks at another text.
  async read(text: string): Promise<void> {
    this.text.value = text;
    await this.inTurn(async () => {
      if (text !== this.text.peek()) return; // a newer one waits
      this.position.value = 0;
      await this.readAgain();
    });
  }

  // What was switched off stays so; the whole model sees the text first, to compare with.
  private async readAgain(): Promise<void> {
    const text = this.text.peek();
    if (text === '' || !this.model.peek()) return;
    const off = this.off.peek();
    for (const part of off) await this.port.ask({ type: 'switch', part, on: true });
    const read = await this.port.ask({ type: 'read', text });
    if (read.type === 'refused') {
      if (!isOfTheWorker(read.error)) this.textProblem.value = read.error.message;
      return;
    }
    const continued = await this.port.ask({ type: 'continue', tokens: GOES_ON_BY });
    let { passage } = read;
    for (const part of off) {
      const switched = await this.port.ask({ type: 'switch', part, on: false });
      if (switched.type === 'passage') passage = switched.passage;
    }
    batch(() => {
      this.textProblem.value = null;
      this.passage.value = passage;
      this.position.value = Math.min(this.position.peek(), passage.length - 1);
      const goesOn = continued.type === 'continued' ? continued.text : '';
      this.whole.value = { loss: read.passage.loss, goesOn };
      this.expects.goesOn.value = off.length === 0 ? goesOn : null;
    });
  }

  // Another part of a text that is longer than what is looked at together.
  async look(first: number): Promise<void> {
    await this.inTurn(async () => {
      this.hear(await this.port.ask({ type: 'look', first }));
      this.position.value = 0;
    });
  }

  async show(tab: Tab): Promise<void> {
    this.tab.value = tab;
    this.problem.value = null;
    await this.refresh();
  }

  choose(position: number): void {
    const last = (this.passage.peek()?.length ?? 1) - 1;
    const at = Math.min(Math.max(position, 0), last);
    if (at === this.position.peek()) return;
    this.position.value = at;
    if (this.tab.peek() === 'expects') void this.expects.expect();
  }

  isOn({ layer, head }: Part): boolean {
    return !this.off.value.some((part) => part.layer === layer && part.head === head);
  }

  async toggle(part: Part): Promise<void> {
    await this.inTurn(async () => {
      const on = !this.isOn(part);
      const others = this.off.peek().filter((p) => p.layer !== part.layer || p.head !== part.head);
      this.off.value = on ? others : [...others, part];
      this.hear(await this.port.ask({ type: 'switch', part, on }));
    });
  }

  async allOn(): Promise<void> {
    await this.inTurn(async () => {
      const off = this.off.peek();
      this.off.value = [];
      for (const part of off) this.hear(await this.port.ask({ type: 'switch', part, on: true }));
    });
  }

  // The gradients of what is looked at, beside what else is shown of it.
  async check(): Promise<void> {
    const revision = this.revision;
    await this.gradients.prove(() => revision !== this.revision);
  }

  private hear(answer: { type: string; passage?: Passage }): void {
    if (answer.passage) this.passage.value = answer.passage;
  }

  // What changes the model or the text happens one after another; what is shown of it follows.
  private async inTurn(change: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(change);
    await this.turn;
    await this.refresh();
  }

  // What the open tab shows, of the model as it is switched. What comes late is dropped.
  private async refresh(): Promise<void> {
    if (!this.passage.peek()) return;
    const revision = ++this.revision;
    const isStale = () => revision !== this.revision;
    if (this.tab.peek() === 'attention') {
      const answer = await this.port.ask({ type: 'attention' });
      if (!isStale() && answer.type === 'attention') this.remember(answer.maps);
      return;
    }
    if (this.tab.peek() === 'gradients') return this.gradients.prove(isStale);
    if (this.tab.peek() === 'anatomy') {
      const answer = await this.port.ask({ type: 'dissect' });
      if (isStale() || answer.type !== 'dissected') return;
      this.anatomy.value = answer.anatomy;
      return this.numbers.show();
    }
    if (this.tab.peek() === 'memory') return this.memory.plan();
    if (this.tab.peek() === 'health' && this.run.lone.peek()) {
      this.health.problem.value = NO_NEXT_STEP;
      return;
    }
    if (this.tab.peek() === 'health')
      return this.health.examine(this.run.run.peek()?.runId ?? null, isStale);
    await this.expects.refresh(isStale);
  }

  // What is looked at, with what is switched off, is one subject over the course of a training.
  private remember(maps: readonly Float32Array[]): void {
    const run = this.run.run.peek()?.runId;
    const off = this.off.peek();
    const subject = JSON.stringify([run, this.text.peek(), this.passage.peek()?.first, off]);
    this.attention.snapshots.add(subject, { step: this.model.peek()?.step ?? 0, maps });
  }

  // A worker that stopped, or could not load what answers, is told of whichever side has asked.
  private telling(port: InspectPort): InspectPort {
    const ask: InspectPort['ask'] = async (question, transfer) => {
      const answer = await port.ask(question, transfer);
      this.notice(answer);
      return answer;
    };
    return { ask, end: () => port.end() };
  }

  private notice(answer: InspectAnswer): void {
    if (answer.type === 'refused' && isOfTheWorker(answer.error)) this.fail(answer.error.message);
  }

  private fail(message: string): void {
    this.problem.value = message;
  }
}

const isOfTheWorker = ({ code }: EngineError) => code === 'crash' || code === 'load';

const firstOf = (text: string) => [...text].slice(0, FIRST_LOOK).join('');
