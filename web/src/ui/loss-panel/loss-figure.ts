import {
  Chart,
  type Plugin,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
} from 'chart.js';
import zoomPlugin from 'chartjs-plugin-zoom';
import { FEWEST_STEPS, type Range } from '../../state/chart-state';
import type { Overlay } from '../../state/overlay';
import type { Evaluation, StepSeries } from '../../state/series';
import { readColours, resolveColours, type Colours } from './colours';
import { curveOf, heightsOf, meansOf, validationOf, type Point } from './curves';
import { cursorPlugin, type Cursor } from './cursor';
import {
  CURVE_SHARE,
  curveNames,
  EMPTY_STEPS,
  makeConfig,
  overlayCurves,
  type CurveName,
} from './figure-config';
import { LEAST_SHARE, NAME_HEIGHT, namesPlugin } from './names';
import { referencePlugin, type ReferenceLine } from './reference-lines';

Chart.register(
  LineController,
  LineElement,
  PointElement,
  LinearScale,
  LogarithmicScale,
  zoomPlugin,
);

export interface FigureData {
  readonly losses: StepSeries;
  readonly lrs: StepSeries;
  readonly gradNorms: StepSeries;
  readonly evaluations: readonly Evaluation[];
  readonly overlays: readonly Overlay[];
  readonly steps: number; // length of the schedule, 0 where that is not known
  readonly range: Range | null;
  readonly lines: readonly ReferenceLine[];
  readonly logarithmic: boolean;
  readonly smooth: boolean;
  readonly rates: boolean;
  readonly scrolls: boolean; // the page under it, by the wheel, which then zooms with Ctrl only
}

// What the plugins draw by.
export interface FigureLook {
  colours: Colours;
  lines: readonly ReferenceLine[];
  cursor: Cursor | null;
  readonly peaks: Record<'rate' | 'norm', number>; // of the small curves in view; 0 where none is
  readonly onCursor: (place: number | null) => void; // pixels from the left; null out of sight
  begun: boolean; // whether there is something to draw
}

export interface FigureListener {
  readonly onRange: (range: Range) => void; // asked for by hand
  readonly onCursor: FigureLook['onCursor'];
}

// Over the reference lines: room for where a curve begins, which is a little above ln V.
const HEADROOM = 1.1;
const CLOSE_ROOM = 0.06; // of the height, over and under what a zoomed view shows
const SMALL_HEIGHT = 36; // pixels that a small chart has at least
const FAINT = 0.35; // a curve behind its smoothed one
const AXES = { width: 40, height: 28 }; // pixels they take, about; for the first drawing

// Chart.js draws as soon as it is made, which on a slow phone is too much for one task.
const patience = (look: FigureLook): Plugin<'line'> => ({
  id: 'patience',
  beforeUpdate: () => look.begun,
});

// The chart of a run: training loss a thin line, validation loss a line with a mark at each
// evaluation, under them the reference lines; below, learning rate and gradient norm.
export class LossFigure {
  private readonly look: FigureLook;
  private readonly chart: Chart<'line', Point[]>;
  private overlays: readonly Overlay[] = [];

  constructor(canvas: HTMLCanvasElement, listener: FigureListener) {
    const { onCursor, onRange } = listener;
    const look: FigureLook = {
      colours: readColours(),
      lines: [],
      cursor: null,
      peaks: { rate: 0, norm: 0 },
      onCursor,
      begun: false,
    };
    const plugins = [patience(look), referencePlugin(look), namesPlugin(look), cursorPlugin(look)];
    this.look = look;
    this.chart = new Chart(
      canvas,
      makeConfig(() => look.colours, onRange, plugins),
    );
  }

  // Reads the colours again; they show with the next drawing.
  recolour(): void {
    this.look.colours = readColours();
    this.overlays = [];
    this.chart.data.datasets.length = curveNames.length;
  }

  draw(data: FigureData): void {
    const end = data.steps || EMPTY_STEPS;
    const range = data.range ?? { from: 0, to: end };
    const width = Math.max(100, Math.round(this.plot.width));
    this.look.begun = true;
    this.look.lines = data.lines;
    this.takeOverlays(data.overlays);
    const losses = curveOf(data.losses, range, width);
    const validation = validationOf(data.evaluations);
    this.put('strokes', losses.strokes, {
      borderColor: () => faint(this.look.colours.muted, data.smooth ? FAINT : 1),
    });
    this.put('line', data.smooth ? losses.line : []);
    this.put('validation', validation);
    const others = this.putOverlays(range, width);
    this.scaleLosses(data, range, [losses.strokes, validation, ...others]);
    Object.assign(this.scale('y'), { stackWeight: this.shareOfLosses() });
    this.putBelow('rate', meansOf(data.lrs, range, width), range, data.rates);
    this.putBelow('norm', curveOf(data.gradNorms, range, width).strokes, range, data.rates);
    Object.assign(this.scale('x'), { min: range.from, max: range.to });
    this.limitZoom(end, data.scrolls);
    this.chart.update('none');
  }

  // Marks a step without drawing the curves anew.
  point(cursor: Cursor | null): void {
    if (cursor === this.look.cursor) return; // there is none
    this.look.cursor = cursor;
    this.chart.draw();
  }

  // The step at so many pixels from the left edge of the canvas.
  stepAt(x: number): number {
    return this.chart.scales.x?.getValueForPixel(x) ?? 0;
  }

  destroy(): void {
    this.chart.destroy();
  }

  private limitZoom(end: number, scrolls: boolean): void {
    const zoom = this.chart.options.plugins?.zoom;
    Object.assign(zoom ?? {}, { limits: { x: { min: 0, max: end, minRange: FEWEST_STEPS } } });
    Object.assign(zoom?.zoom?.wheel ?? {}, { modifierKey: scrolls ? 'ctrl' : null });
  }

  private scaleLosses(data: FigureData, range: Range, curves: readonly Point[][]): void {
    const seen = heightsOf(curves, range);
    const levels = data.lines.map(({ value }) => value).filter((value) => value > 0);
    const whole = data.range === null;
    let high = Math.max(whole ? 1 : 0, ...(whole ? levels.map((v) => v * HEADROOM) : []));
    let low = whole ? Math.min(...levels, 1) : Infinity;
    if (seen) [low, high] = [Math.min(low, seen.low), Math.max(high, seen.high)];
    if (!(low < Infinity)) [low, high] = [0, 1];
    const room = whole ? 0 : CLOSE_ROOM * (high - low || high);
    const floor = data.logarithmic ? Math.max(low - room, low * 0.9, 1e-6) : whole ? 0 : low - room;
    Object.assign(this.scale('y'), {
      type: data.logarithmic ? 'logarithmic' : 'linear',
      min: Math.max(0, floor),
      max: high + room,
    });
  }

  // What the axes leave.
  private get plot(): { width: number; height: number } {
    const { chartArea, width, height } = this.chart;
    return chartArea ?? { width: width - AXES.width, height: height - AXES.height };
  }

  // How much higher than a small chart that of the losses is.
  private shareOfLosses(): number {
    const { height } = this.plot;
    return Math.min(CURVE_SHARE, Math.max(height / SMALL_HEIGHT - 2, 1));
  }

  private putBelow(name: 'rate' | 'norm', points: Point[], range: Range, shown: boolean): void {
    const high = heightsOf([points], range)?.high ?? 0;
    this.look.peaks[name] = high;
    this.put(name, shown ? points : [], { hidden: !shown });
    const height = this.chart.scales[name]?.height ?? this.plot.height / (this.shareOfLosses() + 2);
    const share = height > 0 ? Math.max(1 - NAME_HEIGHT / height, LEAST_SHARE) : LEAST_SHARE;
    // A scale that is not displayed keeps its room unless it weighs nothing.
    Object.assign(this.scale(name), {
      display: shown,
      stackWeight: shown ? 1 : 0,
      max: high > 0 ? high / share : 1,
    });
  }

  private takeOverlays(overlays: readonly Overlay[]): void {
    if (overlays === this.overlays) return;
    this.overlays = overlays;
    const colours = resolveColours(overlays.map(({ colour }) => colour));
    const { datasets } = this.chart.data;
    datasets.length = curveNames.length;
    overlays.forEach(({ name, dash }, i) =>
      datasets.push(...overlayCurves(name, colours[i]!, dash, () => this.look.colours.paper)),
    );
  }

  private putOverlays(range: Range, width: number): Point[][] {
    return this.overlays.flatMap(({ losses, evaluations }, i) => {
      const curves = [meansOf(losses, range, width), validationOf(evaluations.toArray())];
      curves.forEach((data, k) => this.set(curveNames.length + 2 * i + k, { data }));
      return curves;
    });
  }

  private put(name: CurveName, data: Point[], more: object = {}): void {
    this.set(curveNames.indexOf(name), { data, ...more });
  }

  private set(index: number, change: object): void {
    Object.assign(this.chart.data.datasets[index] ?? {}, change);
  }

  private scale(id: string): object {
    return this.chart.options.scales?.[id] ?? {};
  }
}

// A colour as rgb() with less of it.
function faint(colour: string, share: number): string {
  return share === 1 ? colour : colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${share})`);
}
