// How fast a run goes: tokens a second over the steps alone, and steps a second of everything,
// evaluations and samples included, for the time left. Both over the last few seconds.
const WINDOW_MS = 6000;

interface Mark {
  readonly at: number; // ms
  readonly tokens: number; // trained so far
  readonly trainedMs: number; // spent in steps so far
  readonly steps: number; // taken so far
}

export class Meter {
  private marks: Mark[];

  constructor(now: number) {
    this.marks = [{ at: now, tokens: 0, trainedMs: 0, steps: 0 }];
  }

  step(tokens: number, startedAt: number, now: number): void {
    const last = this.last;
    this.marks.push({
      at: now,
      tokens: last.tokens + tokens,
      trainedMs: last.trainedMs + (now - startedAt),
      steps: last.steps + 1,
    });
    this.forget(now);
  }

  get tokensPerSecond(): number {
    return (
      (this.last.tokens - this.first.tokens) / ((this.last.trainedMs - this.first.trainedMs) / 1000)
    );
  }

  secondsFor(steps: number): number {
    const elapsed = (this.last.at - this.first.at) / 1000;
    return (steps * elapsed) / (this.last.steps - this.first.steps);
  }

  // Keeps one mark from before the window, and few enough marks that tiny steps cost nothing.
  private forget(now: number): void {
    let gone = 0;
    while (gone + 2 < this.marks.length && this.marks[gone + 1]!.at < now - WINDOW_MS) gone++;
    if (gone > 0) this.marks.splice(0, gone);
    if (this.marks.length > 512) this.marks = this.marks.filter((_, i) => i % 2 === 0 || i === 511);
  }

  private get first(): Mark {
    return this.marks[0]!;
  }

  private get last(): Mark {
    return this.marks[this.marks.length - 1]!;
  }
}
