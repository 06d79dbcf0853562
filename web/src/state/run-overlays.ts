import { computed, signal } from '@preact/signals';
import type { Curve } from '../storage/curve';
import type { RunRecord } from '../storage/run-record';
import { lookOf } from './run-colours';
import { differences } from './run-differences';
import type { Overlay } from './overlay';
import type { RunLibrary } from './run-library';
import { EvaluationSeries, StepSeries } from './series';

export const MOST_SHOWN = 6;

// Which kept runs stand beside the one at hand: on the chart, and in the list of what differs.
export class RunOverlays {
  private readonly chosen = signal<ReadonlySet<string>>(new Set());
  private readonly made = new WeakMap<Curve, Pick<Overlay, 'losses' | 'evaluations'>>();

  readonly shown = computed(() =>
    this.library.runs.value.filter(
      ({ id }) => this.chosen.value.has(id) && id !== this.library.openId.value,
    ),
  );

  readonly overlays = computed<readonly Overlay[]>(() =>
    this.shown.value.flatMap((record) => this.overlayOf(record)),
  );

  // The run at hand, if it is kept, and those beside it.
  readonly compared = computed(() => {
    const { runs, openId } = this.library;
    const open = runs.value.filter(({ id }) => id === openId.value);
    return [...open, ...this.shown.value];
  });

  readonly differences = computed(() =>
    this.compared.value.length < 2 ? [] : differences(this.compared.value),
  );

  readonly full = computed(() => this.shown.value.length >= MOST_SHOWN);

  constructor(private readonly library: RunLibrary) {}

  has(id: string): boolean {
    return this.chosen.value.has(id);
  }

  toggle(id: string): void {
    const chosen = new Set(this.chosen.value);
    if (!chosen.delete(id) && !this.full.value) chosen.add(id);
    this.chosen.value = chosen;
  }

  private overlayOf(record: RunRecord): Overlay[] {
    const { id, name, kept } = record;
    const { token, dash } = lookOf(record);
    return [{ key: id, name, colour: `var(${token})`, dash, ...this.seriesOf(kept.curve) }];
  }

  // Once for each curve: a name or a colour may change without it.
  private seriesOf(curve: Curve): Pick<Overlay, 'losses' | 'evaluations'> {
    const before = this.made.get(curve);
    if (before) return before;
    const [losses, evaluations] = [new StepSeries(), new EvaluationSeries()];
    addLosses(losses, curve);
    curve.evalSteps.forEach((step, i) => {
      const [trainLoss, valLoss] = [curve.trainLosses[i]!, curve.valLosses[i]!];
      evaluations.push({ step, trainLoss, valLoss });
    });
    const series = { losses, evaluations };
    this.made.set(curve, series);
    return series;
  }
}

const MOST_FILLED = 200_000; // steps

// A thinned curve says of each step the mean around it, unless the run is very long.
function addLosses(series: StepSeries, { steps, losses }: Curve): void {
  let next = 1;
  steps.forEach((step, i) => {
    if (step > MOST_FILLED) next = step;
    for (; next <= step; next++) series.push(next, losses[i]!);
  });
}
