import type { Build } from '../engine/choose-build';
import type { Arithmetic, Engine, EngineSession, RunInfo } from '../engine/types';
import type { Answer, Refused, ToPage } from '../protocol/to-page';
import type { Command, Question, ToWorker } from '../protocol/to-worker';
import { Run } from './run';
import { samplePrompt } from './sample-prompt';

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
}

type Of<T extends Question['type']> = Extract<Question, { type: T }>;

// Owns the engine and its one session: answers the page's questions and trains in between.
export class Host {
  private engine: Engine | null = null;
  private session: EngineSession | null = null;
  private run: Run | null = null;
  private runId = 0;
  private threads = 1;
  private fastest: Arithmetic = 'strict';
  private flushedAt = 0;

  constructor(private readonly around: Surroundings) {}

  async receive(message: ToWorker): Promise<void> {
    if (!('requestId' in message)) this.obey(message);
    else if (message.type === 'open') this.around.post(await this.open(message));
    else this.reply(message);
    if (this.run?.busy) this.around.wake();
  }

  // One slice of work; returns whether there is more.
  work(): boolean {
    const { run } = this;
    if (!run?.busy) return false;
    const deadline = this.around.clock() + SLICE_MS;
    do run.advance();
    while (run.busy && this.around.clock() < deadline);
    const now = this.around.clock();
    if (now - this.flushedAt >= FLUSH_MS) {
      this.flushedAt = now;
      run.flush();
    }
    return run.busy;
  }

  private obey(command: Command): void {
    if (command.type === 'stop-writing') return this.run?.writer.stop();
    if (!this.run || command.runId !== this.runId) return;
    if (command.type === 'train') this.run.train();
    if (command.type === 'pause') this.run.pause();
    if (command.type === 'step') this.run.single();
  }

  private async open({ requestId, build }: Of<'open'>): Promise<Answer> {
    this.engine = await this.around.load(build);
    this.session = new this.engine.Session(build.threads);
    this.threads = build.threads;
    this.fastest = this.engine.canFuse() ? 'fused' : 'strict';
    const memoryLimit = this.engine.memoryLimit();
    return { type: 'opened', requestId, threads: build.threads, memoryLimit };
  }

  private reply(question: Exclude<Question, { type: 'open' }>): void {
    const { engine, session } = this;
    const { requestId } = question;
    if (!engine || !session) {
      this.around.post(refuse(requestId, 'The engine is not loaded yet.'));
      return;
    }
    if (question.type === 'inspect') {
      const report = engine.inspectText(question.bytes, question.tokenizer);
      this.around.post({ type: 'inspected', requestId, report });
    } else if (question.type === 'plan') {
      const { recipe, vocabSize, tokens } = question;
      const report = engine.planRecipe(JSON.stringify(recipe), vocabSize, tokens, this.threads);
      this.around.post({ type: 'planned', requestId, report });
    } else if (question.type === 'start') this.start(question, session);
    else if (question.type === 'load') this.load(question, session);
    else if (question.type === 'save') this.save(question, session);
    else this.generate(question);
  }

  private start(question: Of<'start'>, session: EngineSession): void {
    const { requestId, runId, recipe, bytes, arithmetic } = question;
    const error = session.start(JSON.stringify(recipe), bytes, arithmetic ?? this.fastest);
    if (error.code) return this.around.post({ type: 'refused', requestId, error });
    const info = session.info();
    this.adopt(runId, session, info, bytes);
    this.around.post({ type: 'started', requestId, info });
  }

  private load({ requestId, runId, bytes }: Of<'load'>, session: EngineSession): void {
    const error = session.load(bytes);
    if (error.code) return this.around.post({ type: 'refused', requestId, error });
    const history = session.history();
    const text = owned(session.text());
    const info = session.info();
    this.adopt(runId, session, info, text);
    const fingerprint = session.fingerprint();
    const { post } = this.around;
    post({ type: 'loaded', requestId, info, history, text, fingerprint }, [text.buffer]);
  }

  private save({ requestId }: Of<'save'>, session: EngineSession): void {
    if (!this.run) return this.around.post(refuse(requestId, 'There is no run to save yet.'));
    const { error, bytes: saved } = session.save();
    if (error.code) return this.around.post({ type: 'refused', requestId, error });
    const bytes = owned(saved);
    this.around.post({ type: 'saved', requestId, bytes, step: this.run.step }, [bytes.buffer]);
  }

  private generate({ requestId, prompt, options }: Of<'generate'>): void {
    const error = this.run
      ? this.run.generate(prompt, options)
      : refuse(requestId, 'There is no model yet: press Train first, or open a saved run.').error;
    this.around.post(
      error ? { type: 'refused', requestId, error } : { type: 'generating', requestId },
    );
  }

  private adopt(runId: number, session: EngineSession, info: RunInfo, text: Uint8Array): void {
    const { post, clock } = this.around;
    this.runId = runId;
    this.run = new Run(session, runId, info, samplePrompt(text), post, clock);
  }
}

// Arrays that the engine returns are copies of its memory, which may be shared; they never are.
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}

function refuse(requestId: number, message: string): Refused {
  return { type: 'refused', requestId, error: { code: 'state', where: '', message } };
}
