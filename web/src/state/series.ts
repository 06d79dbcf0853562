export interface Point {
  readonly x: number;
  readonly y: number;
}

const MOST_POINTS = 1600; // more than a chart has pixels

// The losses of a run of any length in bounded memory: equal runs of steps, each as its mean. When
// there are too many, neighbours are joined two by two and a point stands for twice as many steps.
export class LossSeries {
  private points: Point[] = [];
  private stride = 1; // steps a point stands for
  private sum = 0; // of the point being filled
  private count = 0;
  private lastStep = 0;

  push(step: number, loss: number): void {
    if (!Number.isFinite(loss)) return;
    this.lastStep = step;
    this.sum += loss;
    this.count++;
    if (this.count < this.stride) return;
    this.points.push({ x: step, y: this.sum / this.count });
    this.sum = this.count = 0;
    if (this.points.length >= MOST_POINTS) this.halve();
  }

  // All points, the one being filled included.
  toArray(): readonly Point[] {
    if (this.count === 0) return this.points;
    return [...this.points, { x: this.lastStep, y: this.sum / this.count }];
  }

  private halve(): void {
    const joined: Point[] = [];
    for (let i = 0; i + 1 < this.points.length; i += 2) {
      const [a, b] = [this.points[i]!, this.points[i + 1]!];
      joined.push({ x: b.x, y: (a.y + b.y) / 2 });
    }
    this.points = joined;
    this.stride *= 2;
  }
}

export interface Evaluation {
  readonly step: number;
  readonly trainLoss: number;
  readonly valLoss: number;
}

const MOST_EVALUATIONS = 800;

// Likewise the evaluations: when there are too many, every second one is let go, never the first
// or the last.
export class EvaluationSeries {
  private items: Evaluation[] = [];

  push(evaluation: Evaluation): void {
    this.items.push(evaluation);
    if (this.items.length <= MOST_EVALUATIONS) return;
    this.items = this.items.filter((_, i) => i % 2 === 0);
  }

  get last(): Evaluation | null {
    return this.items.at(-1) ?? null;
  }

  toArray(): readonly Evaluation[] {
    return this.items;
  }
}
