import type { EngineError, EngineSession, SampleOptions } from '../engine/types';
import type { RunEvent } from '../protocol/to-page';

// Streams one text at a time. While it writes, the run takes no step: the whole text comes from the
// weights of one step, so that prompt, options and fingerprint reproduce it.
export class Writer {
  private writingId = 0;
  private active = false;
  private pending = '';

  constructor(
    private readonly session: EngineSession,
    private readonly runId: number,
    private readonly post: (event: RunEvent) => void,
  ) {}

  get busy(): boolean {
    return this.active;
  }

  // Takes the place of the text being written, if there is one.
  begin(prompt: string, options: SampleOptions, step: number, asked: boolean): EngineError | null {
    this.stop();
    const error = this.session.beginSample(prompt, options);
    if (error.code) return error;
    this.active = true;
    this.writingId++;
    const { runId, writingId } = this;
    this.post({ type: 'writing-began', runId, writingId, step, prompt, asked });
    return null;
  }

  // Adds one token.
  next(): void {
    const report = this.session.nextSample();
    if (report.error.code) return this.end(report.error);
    this.pending += report.text;
    if (report.done) this.end(null);
  }

  stop(): void {
    if (this.busy) this.end(null);
  }

  // Sends what was written since the last time.
  flush(): void {
    if (this.pending === '') return;
    const { runId, writingId, pending: text } = this;
    this.pending = '';
    this.post({ type: 'writing-grew', runId, writingId, text });
  }

  private end(error: EngineError | null): void {
    this.active = false;
    this.flush();
    this.post({ type: 'writing-ended', runId: this.runId, writingId: this.writingId, error });
  }
}
