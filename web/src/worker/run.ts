import type { Question } from '../corpora/task';
import type { EngineError, EngineSession, RunInfo } from '../engine/types';
import type { Divergence, RunEvent } from '../protocol/to-page';
import { ALTERNATIVES } from '../recipe/sample-options';
import { divergenceOf } from './divergence';
import type { EarlierStates } from './earlier-states';
import { Meter } from './meter';
import { nextTask } from './next-task';
import { Scorer } from './scorer';
import { Writer, type Wish } from './writer';

type Post = (event: RunEvent, transfer?: Transferable[]) => void;

// A sample after each evaluation: the same draws each time, so that what changes is the model.
const SAMPLE: Omit<Wish, 'prompt'> = {
  written: '',
  stop: '',
  options: {
    temperature: 0.8,
    top_k: 0,
    top_p: 1,
    seed: 1,
    max_tokens: 240,
    alternatives: ALTERNATIVES,
  },
};

// One run being trained: takes it on, one engine call at a time.
export class Run {
  readonly writer: Writer;
  private readonly scorer: Scorer;
  private running = false;
  private evaluating: number | null = null; // fraction done
  private stepsDone: number;
  private steps: number;
  private sampleDue = true; // one before anything else, then one after each evaluation
  private meter: Meter;
  private untold: { loss: number; lr: number; grad_norm: number }[] = []; // steps
  private markedStep = NaN;
  private lastLoss = NaN;

  constructor(
    private readonly session: EngineSession,
    private readonly runId: number,
    info: RunInfo,
    private readonly prompt: string, // of the samples
    questions: readonly Question[], // to be asked at each evaluation
    private readonly earlier: EarlierStates,
    private readonly post: Post,
    private readonly clock: () => number,
  ) {
    this.stepsDone = info.step;
    this.steps = info.steps;
    this.meter = new Meter(clock());
    this.writer = new Writer(session, runId, post);
    this.scorer = new Scorer(session, runId, questions, post);
    this.scorer.begin(this.step);
  }

  get step(): number {
    return this.stepsDone;
  }

  get busy(): boolean {
    return this.running || this.writer.busy || this.scorer.busy;
  }

  get training(): boolean {
    return this.running;
  }

  train(): void {
    if (this.running) return;
    this.running = true;
    this.meter = new Meter(this.clock());
    this.post({ type: 'phase', runId: this.runId, phase: 'running', step: this.step });
  }

  pause(): void {
    if (!this.running) return;
    this.running = false;
    this.flush();
    this.rest();
  }

  // Tells the fingerprint at a step once it is there, if it is not past.
  mark(step: number): void {
    this.markedStep = step;
    this.tellMarked();
  }

  // One optimizer step, then rest.
  single(): void {
    this.running = false;
    this.evaluating = null;
    this.writer.stop();
    this.scorer.stop();
    if (!this.finished && !this.takeStep()) return;
    this.flush();
    this.rest();
  }

  generate(wish: Wish): EngineError | null {
    return this.writer.begin(wish, this.step, true);
  }

  // The engine has another schedule from now on.
  reschedule({ steps }: RunInfo): void {
    this.steps = steps;
    if (!this.running) this.rest();
  }

  // Does the next small piece of work. REQUIRES: busy.
  advance(): void {
    if (this.writer.busy) return this.writer.next();
    if (this.scorer.busy) return this.scorer.ask();
    const task = nextTask({
      evaluationDue: this.session.evaluationDue(),
      sampleDue: this.sampleDue,
      finished: this.finished,
    });
    if (task === 'evaluate') return this.evaluate();
    if (task === 'sample') return this.sample();
    if (task === 'step') return void this.takeStep();
    this.pause();
  }

  // Sends what came up since the last time.
  flush(): void {
    this.writer.flush();
    if (this.evaluating !== null) {
      this.post({ type: 'evaluating', runId: this.runId, fraction: this.evaluating });
    }
    if (this.untold.length === 0) return;
    const losses = Float32Array.from(this.untold, ({ loss }) => loss);
    const lrs = Float32Array.from(this.untold, ({ lr }) => lr);
    const gradNorms = Float32Array.from(this.untold, ({ grad_norm: norm }) => norm);
    this.untold = [];
    this.post(
      {
        type: 'progress',
        runId: this.runId,
        step: this.step,
        losses,
        lrs,
        gradNorms,
        tokensPerSecond: this.meter.tokensPerSecond,
        secondsLeft: this.meter.secondsFor(this.steps - this.step),
      },
      [losses.buffer, lrs.buffer, gradNorms.buffer],
    );
  }

  // Returns false where the run failed.
  private takeStep(): boolean {
    this.earlier.consider(this.step, this.lastLoss);
    const startedAt = this.clock();
    const report = this.session.step();
    if (report.error.code) {
      const { session, step, lastLoss: loss } = this;
      const states = [...this.earlier.states.filter((state) => state.step < step), { step, loss }];
      this.fail(report.error, divergenceOf(report, session, states));
      return false;
    }
    this.lastLoss = report.loss;
    this.meter.step(report.tokens, startedAt, this.clock());
    this.stepsDone = report.step;
    this.untold.push(report);
    this.tellMarked();
    return true;
  }

  private tellMarked(): void {
    if (this.step !== this.markedStep) return;
    const { runId, step } = this;
    this.post({ type: 'marked', runId, step, fingerprint: this.session.fingerprint() });
  }

  private evaluate(): void {
    if (this.evaluating === null) {
      const error = this.session.beginEvaluation();
      if (error.code) return this.fail(error);
    }
    const report = this.session.continueEvaluation();
    if (report.error.code) return this.fail(report.error);
    this.evaluating = report.fraction;
    if (!report.done) return;
    this.evaluating = null;
    this.sampleDue = true;
    this.scorer.begin(this.step);
    this.flush();
    const { train_loss: trainLoss, val_loss: valLoss } = report;
    this.post({ type: 'evaluated', runId: this.runId, step: this.step, trainLoss, valLoss });
  }

  private sample(): void {
    this.sampleDue = false;
    const error = this.writer.begin({ ...SAMPLE, prompt: this.prompt }, this.step, false);
    if (error) this.fail(error);
  }

  private get finished(): boolean {
    return this.step >= this.steps;
  }

  private rest(): void {
    const { runId, step } = this;
    const phase = this.finished ? 'done' : 'paused';
    this.post({ type: 'phase', runId, phase, step, fingerprint: this.session.fingerprint() });
  }

  private fail(error: EngineError, divergence: Divergence | null = null): void {
    this.running = false;
    this.evaluating = null;
    this.flush();
    const { runId, step } = this;
    this.post({ type: 'phase', runId, phase: 'failed', step, error, divergence });
  }
}
