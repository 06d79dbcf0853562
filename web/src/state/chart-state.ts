import { signal } from '@preact/signals';

// Steps that the chart shows, from the left edge to the right.
export interface Range {
  readonly from: number;
  readonly to: number;
}

export const FEWEST_STEPS = 5; // that a chart can be zoomed in to

// How the chart is looked at.
export class ChartState {
  readonly range = signal<Range | null>(null); // null is the whole run
  readonly logarithmic = signal(false);
  readonly smooth = signal(true);
  readonly rates = signal(true); // whether learning rate and gradient norm are drawn below
  // The step pointed at, on the curve or by its sample.
  readonly step = signal<number | null>(null);

  // All of another run.
  reset(): void {
    this.range.value = null;
    this.step.value = null;
  }

  // Shows a part of a run of so many steps; all of it where that is what is asked for.
  show({ from, to }: Range, steps: number): void {
    const width = Math.min(Math.max(to - from, FEWEST_STEPS), steps);
    const start = Math.min(Math.max((from + to - width) / 2, 0), steps - width);
    this.range.value = width < steps ? { from: start, to: start + width } : null;
  }

  // Zooms by a factor around the step pointed at, or the middle.
  zoom(factor: number, steps: number): void {
    const { from, to } = this.shown(steps);
    const pointed = this.step.value;
    const centre = pointed !== null && pointed > from && pointed < to ? pointed : (from + to) / 2;
    this.show(
      { from: centre - (centre - from) * factor, to: centre + (to - centre) * factor },
      steps,
    );
  }

  // Moves the view by a share of its width.
  pan(share: number, steps: number): void {
    const { from, to } = this.shown(steps);
    const by = share * (to - from);
    this.show({ from: from + by, to: to + by }, steps);
  }

  // Points at the step so many hundredths of the view further on, of those taken; at the last one
  // where none was pointed at.
  move(hundredths: number, taken: number, steps: number): void {
    if (taken === 0) return;
    const { from, to } = this.shown(steps);
    const by = Math.sign(hundredths) * Math.max(1, Math.abs(hundredths) * ((to - from) / 100));
    this.pointAt(this.step.value === null ? taken : this.step.value + by, taken, steps);
  }

  // Points at a step; the view follows where it lies outside.
  pointAt(step: number, taken: number, steps: number): void {
    const at = Math.min(Math.max(Math.round(step), 1), taken);
    this.step.value = at;
    const { from, to } = this.shown(steps);
    if (at < from || at > to) this.pan((at - (from + to) / 2) / (to - from), steps);
  }

  // What is looked at, in a run of so many steps.
  shown(steps: number): Range {
    return this.range.value ?? { from: 0, to: steps };
  }
}
