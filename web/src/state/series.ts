// What a run's curves are made of: one number a step, and the evaluations.

// The least, the most and the sum of some steps that stand next to each other.
export interface Column {
  readonly x: number; // the last of its steps
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly count: number; // of finite numbers
}

const FAN = 8; // entries of one level that make one of the next
const LEVELS = 7;
const MOST_ENTRIES = 2 * FAN ** (LEVELS - 1); // of the lowest level

// Entries side by side: each the summary of so many steps.
class Level {
  min = new Float32Array(64);
  max = new Float32Array(64);
  sum = new Float64Array(64);
  count = new Uint32Array(64);
  size = 0;

  add(i: number, min: number, max: number, sum: number, count: number): void {
    if (min < this.min[i]!) this.min[i] = min;
    if (max > this.max[i]!) this.max[i] = max;
    this.sum[i]! += sum;
    this.count[i]! += count;
  }

  append(): void {
    if (this.size === this.min.length) this.grow();
    this.min[this.size] = Infinity;
    this.max[this.size] = -Infinity;
    this.size++;
  }

  // Appends the summary of another level's entries [begin, begin + FAN).
  appendSummary({ min, max, sum, count }: Level, begin: number): void {
    this.append();
    for (let j = begin; j < begin + FAN; j++) {
      this.add(this.size - 1, min[j]!, max[j]!, sum[j]!, count[j]!);
    }
  }

  // Every two neighbours become one; the last one without a neighbour is kept where it may be half.
  halve(mayBeHalf: boolean): void {
    const { min, max, sum, count, size } = this;
    this.size = mayBeHalf ? Math.ceil(size / 2) : Math.floor(size / 2);
    for (let i = 0; i < this.size; i++) {
      const [a, b] = [2 * i, 2 * i + 1];
      const alone = b === size;
      min[i] = alone ? min[a]! : Math.min(min[a]!, min[b]!);
      max[i] = alone ? max[a]! : Math.max(max[a]!, max[b]!);
      sum[i] = alone ? sum[a]! : sum[a]! + sum[b]!;
      count[i] = alone ? count[a]! : count[a]! + count[b]!;
    }
    sum.fill(0, this.size, size);
    count.fill(0, this.size, size);
  }

  private grow(): void {
    const capacity = 2 * this.size;
    const { min, max, sum, count } = this;
    (this.min = new Float32Array(capacity)).set(min);
    (this.max = new Float32Array(capacity)).set(max);
    (this.sum = new Float64Array(capacity)).set(sum);
    (this.count = new Uint32Array(capacity)).set(count);
  }
}

// One number a step over a run of any length, in bounded memory: a pyramid of summaries, kept up
// with each step, so that a chart of any part of it costs as much as the chart is wide. In a very
// long run an entry of the lowest level stands for several steps.
export class StepSeries {
  private readonly levels = Array.from({ length: LEVELS }, () => new Level());
  private stride = 1; // steps an entry of the lowest level stands for
  private last = 0;

  get lastStep(): number {
    return this.last;
  }

  // The number of `step`, counted from 1. Steps come in their order; one left out has no number.
  push(step: number, value: number): void {
    this.last = step;
    let i = Math.floor((step - 1) / this.stride);
    while (i >= MOST_ENTRIES) {
      this.halve();
      i = Math.floor((step - 1) / this.stride);
    }
    if (Number.isFinite(value)) this.add(i, value, value, value, 1);
    else this.add(i, Infinity, -Infinity, 0, 0);
  }

  // The number of a step, or the mean of its neighbourhood where the run is very long.
  at(step: number): number | null {
    const i = Math.floor((step - 1) / this.stride);
    const { size, sum, count } = this.levels[0]!;
    return i >= 0 && i < size && count[i]! > 0 ? sum[i]! / count[i]! : null;
  }

  // The steps from `from` to `to` in columns of which at most `most` would fill that range; those
  // without a number are left out.
  columns(from: number, to: number, most: number): Column[] {
    const width = Math.max(1, Math.ceil((to - from) / this.stride / most));
    const first = Math.max(0, Math.floor((from - 1) / this.stride));
    const end = Math.min(this.levels[0]!.size, Math.ceil(to / this.stride));
    const columns: Column[] = [];
    // Columns begin at multiples of their width: none changes because the view moved.
    for (let i = first - (first % width); i < end; i += width) {
      const column = this.summary(i, Math.min(i + width, end));
      if (column.count > 0) columns.push(column);
    }
    return columns;
  }

  // Of the entries [begin, end), from the fewest blocks.
  private summary(begin: number, end: number): Column {
    const x = Math.min(end * this.stride, this.last);
    let [min, max, sum, count] = [Infinity, -Infinity, 0, 0];
    for (let i = begin; i < end;) {
      let k = 0;
      for (; k + 1 < LEVELS; k++) {
        const width = FAN ** (k + 1);
        if (i % width !== 0 || i + width > end) break;
        if (i / width >= this.levels[k + 1]!.size) break; // not complete yet
      }
      const [level, at] = [this.levels[k]!, i / FAN ** k];
      min = Math.min(min, level.min[at]!);
      max = Math.max(max, level.max[at]!);
      sum += level.sum[at]!;
      count += level.count[at]!;
      i += FAN ** k;
    }
    return { x, min, max, sum, count };
  }

  private add(i: number, min: number, max: number, sum: number, count: number): void {
    const lowest = this.levels[0]!;
    while (lowest.size <= i) {
      if (lowest.size % FAN === 0) this.sumUp();
      lowest.append();
    }
    lowest.add(i, min, max, sum, count);
  }

  // Before the lowest level grows: what is complete by now gets its entry in the levels above.
  private sumUp(): void {
    for (let k = 0; k + 1 < LEVELS; k++) {
      const level = this.levels[k]!;
      if (level.size === 0 || level.size % FAN !== 0) return;
      this.levels[k + 1]!.appendSummary(level, level.size - FAN);
    }
  }

  // Each level by itself, in a few milliseconds: an entry of any level stands for as many of the
  // lowest as before. Above the lowest there are only whole ones.
  private halve(): void {
    this.stride *= 2;
    this.levels.forEach((level, k) => level.halve(k === 0));
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

  // The one whose step is nearest.
  nearest(step: number): Evaluation | null {
    return nearestOf(this.items, step);
  }

  toArray(): readonly Evaluation[] {
    return this.items;
  }
}

// What stands nearest to a step; of two, the earlier in the list.
export function nearestOf<T extends { readonly step: number }>(
  items: readonly T[],
  step: number,
): T | null {
  return items.reduce<T | null>(
    (best, item) =>
      best === null || Math.abs(item.step - step) < Math.abs(best.step - step) ? item : best,
    null,
  );
}

// Means of the columns, each over its neighbours up to `radius` columns away. Where the run begins,
// where a curve is steep, the neighbourhood is as wide to both sides.
export function smoothed(columns: readonly Column[], radius: number): { x: number; y: number }[] {
  let [sum, count, begin, end] = [0, 0, 0, 0];
  return columns.map(({ x }, i) => {
    const reach = Math.min(radius, i);
    for (; end < columns.length && end <= i + reach; end++) {
      sum += columns[end]!.sum;
      count += columns[end]!.count;
    }
    for (; begin < i - reach; begin++) {
      sum -= columns[begin]!.sum;
      count -= columns[begin]!.count;
    }
    return { x, y: sum / count };
  });
}
