import type { EngineError, EngineSession, SampleOptions } from '../engine/types';
import type { RunEvent, WrittenToken } from '../protocol/to-page';

// What is to be written: on from a prompt, and from what an earlier text wrote after it.
export interface Wish {
  readonly prompt: string;
  readonly written: string;
  readonly options: SampleOptions;
  readonly stop: string; // ends the text once it has been written; '' never does
}

type Report = ReturnType<EngineSession['nextSample']>;

// Streams one text at a time. While it writes, the run takes no step: the whole text comes from the
// weights of one step, so that prompt, options and fingerprint reproduce it.
export class Writer {
  private writingId = 0;
  private wish: Wish | null = null; // being fulfilled
  private tail = ''; // the end of the text, as long as the stop text
  private pending: WrittenToken[] = [];

  constructor(
    private readonly session: EngineSession,
    private readonly runId: number,
    private readonly post: (event: RunEvent) => void,
  ) {}

  get busy(): boolean {
    return this.wish !== null;
  }

  // Takes the place of the text being written, if there is one.
  begin(wish: Wish, step: number, asked: boolean): EngineError | null {
    this.stop();
    const { prompt, written, options } = wish;
    const error = this.session.beginSample(prompt + written, options);
    if (error.code) return error;
    this.wish = wish;
    this.tail = '';
    this.writingId++;
    const { runId, writingId } = this;
    this.post({ type: 'writing-began', runId, writingId, step, prompt, written, asked });
    return null;
  }

  // Adds one token.
  next(): void {
    const report = this.session.nextSample();
    if (report.error.code) return this.end(report.error);
    this.pending.push(tokenOf(report, this.wish?.options.alternatives ?? 0));
    if (report.done || this.stopsWith(report.text)) this.end(null);
  }

  stop(): void {
    if (this.busy) this.end(null);
  }

  // Sends what was written since the last time.
  flush(): void {
    if (this.pending.length === 0) return;
    const { runId, writingId, pending: tokens } = this;
    this.pending = [];
    this.post({ type: 'writing-grew', runId, writingId, tokens });
  }

  // A token may hold more than the end of the stop text.
  private stopsWith(text: string): boolean {
    const stop = this.wish?.stop ?? '';
    if (stop === '') return false;
    const end = this.tail + text;
    this.tail = end.slice(Math.max(0, end.length - stop.length + 1));
    return end.includes(stop);
  }

  private end(error: EngineError | null): void {
    this.wish = null;
    this.flush();
    this.post({ type: 'writing-ended', runId: this.runId, writingId: this.writingId, error });
  }
}

function tokenOf(report: Report, asked: number): WrittenToken {
  const { text, piece, probability } = report;
  if (asked === 0) return { text, probability: NaN, alternatives: [] };
  const { alternatives, alternative_probabilities: probabilities } = report;
  return {
    text,
    ...(piece !== text && { piece }),
    probability,
    alternatives: alternatives.map((text, i) => ({ text, probability: probabilities[i] ?? NaN })),
  };
}
