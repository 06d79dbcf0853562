import { recogniseText } from '../corpora/recognise';
import type { Build } from '../engine/choose-build';
import type { Arithmetic, Engine, EngineSession, RunInfo } from '../engine/types';
import type { Answer, Refused, RunEvent, ToPage } from '../protocol/to-page';
import type { Command, Question, ToWorker } from '../protocol/to-worker';
import type { RunStore } from '../storage/run-store';
import { Checkpointer, fits } from './checkpointer';
import { EarlierStates } from './earlier-states';
import { LoneModel } from './lone-model';
import { Run } from './run';
import { samplePrompt } from './sample-prompt';
import { questionsOf } from './scorer';

// How long the worker works before it looks for messages. Short enough that pausing feels
// immediate, long enough that the messages cost nothing.
const SLICE_MS = 30;
// How often news of a running run goes to the page.
const FLUSH_MS = 100;

export interface Surroundings {
  readonly load: (build: Build) => Promise<Engine>;
  readonly post: (message: ToPage, transfer?: Transferable[]) => void;
  readonly wake: () => void; // asks for work() to be called
  readonly clock: () => number; // ms
  readonly store: Pick<RunStore, 'keep' | 'keepEarlier' | 'earlier'>; // where runs are kept
}

type Of<T extends Question['type']> = Extract<Question, { type: T }>;

// Owns the engine and its one session: answers the page's questions and trains in between.
export class Host {
  private engine: Engine | null = null;
  private session: EngineSession | null = null;
  private checkpointer: Checkpointer | null = null;
  private earlier: EarlierStates | null = null; // of the run
  private run: Run | null = null;
  private model: LoneModel | null = null; // never beside a run
  private runId = 0;
  private threads = 1;
  private fastest: Arithmetic = 'strict';
  private flushedAt = 0;

  constructor(private readonly around: Surroundings) {}

  async receive(message: ToWorker): Promise<void> {
    if (!('requestId' in message)) this.obey(message);
    else if (message.type === 'open') this.around.post(await this.open(message));
    else if (message.type === 'settle') this.around.post(await this.settle(message));
    else this.reply(message);
    if (this.active?.busy) this.around.wake();
  }

  // What can write, and may be at work.
  private get active(): Run | LoneModel | null {
    return this.run ?? this.model;
  }

  // One slice of work; returns whether there is more.
  work(): boolean {
    const { active } = this;
    if (!active?.busy) return false;
    const deadline = this.around.clock() + SLICE_MS;
    do active.advance();
    while (active.busy && this.around.clock() < deadline);
    const now = this.around.clock();
    if (now - this.flushedAt >= FLUSH_MS) {
      this.flushedAt = now;
      active.flush();
    }
    if (this.run) this.checkpointer?.consider('step', this.run.training);
    return active.busy;
  }

  private obey(command: Command): void {
    if (command.type === 'stop-writing') return this.active?.writer.stop();
    if (!this.run || command.runId !== this.runId) return;
    if (command.type === 'train') this.run.train();
    if (command.type === 'pause') this.run.pause();
    if (command.type === 'step') this.run.single();
    if (command.type === 'mark') this.run.mark(command.step);
    if (command.type === 'keep-now') this.checkpointer?.consider('rest', this.run.training);
    if (command.type === 'keep') this.keep(command);
  }

  private keep({ card, runId, isNew }: Extract<Command, { type: 'keep' }>): void {
    if (!this.engine) return;
    this.checkpointer?.follow({ card, runId, isNew }, this.engine, this.threads);
    if (!isNew) void this.recall(card.id);
  }

  // What the run could go back to in an earlier tab, it still can.
  private async recall(id: string): Promise<void> {
    const { earlier } = this;
    const kept = await this.around.store.earlier(id).catch(() => []);
    earlier?.recall(kept);
  }

  private async settle({ requestId }: Of<'settle'>): Promise<Answer> {
    if (this.run) this.checkpointer?.consider('rest', this.run.training);
    await this.checkpointer?.settle();
    return { type: 'settled', requestId };
  }

  private async open({ requestId, build }: Of<'open'>): Promise<Answer> {
    this.engine = await this.around.load(build);
    this.session = new this.engine.Session(build.threads);
    this.checkpointer = new Checkpointer(this.session, this.around);
    this.threads = build.threads;
    this.fastest = this.engine.canFuse() ? 'fused' : 'strict';
    const memoryLimit = this.engine.memoryLimit();
    return { type: 'opened', requestId, threads: build.threads, memoryLimit };
  }

  private reply(question: Exclude<Question, { type: 'open' | 'settle' }>): void {
    const { engine, session } = this;
    const { requestId } = question;
    if (!engine || !session) {
      this.around.post(refuse(requestId, 'The engine is not loaded yet.'));
      return;
    }
    if (question.type === 'inspect') {
      const report = engine.inspectText(question.bytes, question.tokenizer, false);
      this.around.post({ type: 'inspected', requestId, report });
    } else if (question.type === 'tokenize') this.tokenize(question, engine);
    else if (question.type === 'plan') {
      const { recipe, vocabSize, tokens } = question;
      const report = engine.planRecipe(JSON.stringify(recipe), vocabSize, tokens, this.threads);
      this.around.post({ type: 'planned', requestId, report });
    } else if (question.type === 'start') this.start(question, session);
    else if (question.type === 'load') this.load(question, session);
    else if (question.type === 'roll-back') this.rollBack(question, session);
    else if (question.type === 'save') this.save(question, session);
    else if (question.type === 'reschedule') this.reschedule(question, session);
    else if (question.type === 'measure') this.measure(question, session);
    else if (question.type === 'identify') this.identify(question, session);
    else if (question.type === 'pack') this.pack(question, session);
    else if (question.type === 'open-model') this.openModel(question, session);
    else this.generate(question);
  }

  private tokenize({ requestId, bytes, tokenizer }: Of<'tokenize'>, engine: Engine): void {
    const { error, ids: found, merges } = engine.inspectText(bytes, tokenizer, true);
    if (error.code) return this.around.post({ type: 'refused', requestId, error });
    const ids = new Uint32Array(owned(found).buffer);
    this.around.post({ type: 'tokenized', requestId, ids, merges }, [ids.buffer]);
  }

  private start(question: Of<'start'>, session: EngineSession): void {
    const { requestId, runId, recipe, bytes, arithmetic } = question;
    // Strict arithmetic is everywhere, fused only where the engine found it.
    const chosen = arithmetic === 'strict' ? arithmetic : this.fastest;
    const error = session.start(JSON.stringify(recipe), bytes, chosen);
    if (error.code) return this.around.post({ type: 'refused', requestId, error });
    const info = session.info();
    this.adopt(runId, session, info, bytes);
    this.around.post({ type: 'started', requestId, info });
  }

  private rollBack({ requestId, runId, step }: Of<'roll-back'>, session: EngineSession): void {
    const { earlier } = this;
    const bytes = earlier?.goBackTo(step);
    if (!earlier || !bytes)
      return this.around.post(refuse(requestId, 'That state of the run is not held any more.'));
    this.load({ requestId, runId, bytes }, session, earlier);
  }

  private load(
    { requestId, runId, bytes }: Omit<Of<'load'>, 'type'>,
    session: EngineSession,
    earlier: EarlierStates | null = null, // where it goes back to one of them
  ): void {
    const error = session.load(bytes);
    if (error.code) return this.around.post({ type: 'refused', requestId, error });
    const history = session.history();
    const text = owned(session.text());
    const info = session.info();
    const found = this.adopt(runId, session, info, text, earlier);
    const corpus = found && { key: found.corpus.key, seed: found.seed };
    const fingerprint = session.fingerprint();
    const { post } = this.around;
    post({ type: 'loaded', requestId, info, history, text, corpus, fingerprint }, [text.buffer]);
  }

  private save({ requestId }: Of<'save'>, session: EngineSession): void {
    if (!this.run) return this.around.post(refuse(requestId, 'There is no run to save yet.'));
    const { error, bytes: saved } = session.save();
    if (error.code) return this.around.post({ type: 'refused', requestId, error });
    const bytes = owned(saved);
    this.around.post({ type: 'saved', requestId, bytes, step: this.run.step }, [bytes.buffer]);
  }

  private reschedule(question: Of<'reschedule'>, session: EngineSession): void {
    const { requestId, steps, lr, minLr, gradClip } = question;
    if (!this.run) return this.around.post(refuse(requestId, 'There is no run yet.'));
    const error = session.changeSchedule(steps, lr, minLr, gradClip);
    if (error.code) return this.around.post({ type: 'refused', requestId, error });
    const info = session.info();
    this.around.post({ type: 'rescheduled', requestId, info });
    this.run.reschedule(info);
  }

  private measure({ requestId, recipe, seconds }: Of<'measure'>, session: EngineSession): void {
    if (this.active?.busy) return this.around.post(refuse(requestId, 'A run is being trained.'));
    const report = session.measureSpeed(JSON.stringify(recipe), seconds, this.fastest);
    const { error, flops_per_second: flopsPerSecond } = report;
    this.around.post(
      error.code
        ? { type: 'refused', requestId, error }
        : { type: 'measured', requestId, flopsPerSecond },
    );
  }

  private identify({ requestId }: Of<'identify'>, session: EngineSession): void {
    if (!this.run) return this.around.post(refuse(requestId, 'There is no run yet.'));
    const { step } = this.run;
    const fingerprint = session.fingerprint();
    this.around.post({ type: 'identified', requestId, step, fingerprint });
  }

  private pack({ requestId }: Of<'pack'>, session: EngineSession): void {
    if (!this.run) return this.around.post(refuse(requestId, 'There is no model yet.'));
    const { error, bytes: packed } = session.packModel();
    if (error.code) return this.around.post({ type: 'refused', requestId, error });
    const bytes = owned(packed);
    this.around.post({ type: 'packed', requestId, bytes, step: this.run.step }, [bytes.buffer]);
  }

  private openModel(question: Of<'open-model'>, session: EngineSession): void {
    const { requestId, runId, bytes } = question;
    const { post } = this.around;
    const model = session.openModel(bytes);
    if (model.error.code) return post({ type: 'refused', requestId, error: model.error });
    this.run = null;
    this.earlier = null;
    this.runId = runId;
    this.model = new LoneModel(session, runId, model.step, post);
    post({ type: 'model-opened', requestId, model });
  }

  private generate(question: Of<'generate'>): void {
    const { requestId } = question;
    const error = this.active
      ? this.active.generate(question)
      : refuse(requestId, 'There is no model yet: press Train first, or open a saved run.').error;
    this.around.post(
      error ? { type: 'refused', requestId, error } : { type: 'generating', requestId },
    );
  }

  private adopt(
    runId: number,
    session: EngineSession,
    info: RunInfo,
    text: Uint8Array,
    earlier: EarlierStates | null = null,
  ) {
    const { clock } = this.around;
    const post = (event: RunEvent, transfer?: Transferable[]) => {
      this.around.post(event, transfer);
      this.heed(event);
    };
    const found = recogniseText(text);
    this.runId = runId;
    this.model = null;
    this.checkpointer?.forget(); // what was followed was the run before
    const hasRoom = this.engine !== null && fits(info, this.engine, this.threads);
    this.earlier = earlier ?? new EarlierStates(session, clock, hasRoom);
    const [prompt, questions] = [samplePrompt(text), questionsOf(found)];
    this.run = new Run(session, runId, info, prompt, questions, this.earlier, post, clock);
    return found;
  }

  // What a run comes to is kept.
  private heed(event: RunEvent): void {
    if (event.type === 'evaluated') this.checkpointer?.consider('evaluation', true);
    if (event.type !== 'phase' || event.phase === 'running') return;
    const diverged = event.phase === 'failed' && event.divergence !== null;
    const earlier = diverged ? this.earlier!.files : event.phase === 'done' ? [] : null;
    this.checkpointer?.consider('rest', false, earlier);
  }
}

// Arrays that the engine returns are copies of its memory, which may be shared; they never are.
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}

function refuse(requestId: number, message: string): Refused {
  return { type: 'refused', requestId, error: { code: 'state', where: '', message } };
}
