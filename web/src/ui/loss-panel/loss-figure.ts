import {
  Chart,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
  type ChartConfiguration,
} from 'chart.js';
import { formatCount, formatLoss } from '../../state/format';
import type { Evaluation, Point } from '../../state/series';
import { readColours, type ColourName, type Colours } from './colours';
import { referencePlugin, type ReferenceLine } from './reference-lines';

Chart.register(LineController, LineElement, PointElement, LinearScale, Tooltip);

export interface LossData {
  readonly losses: readonly Point[];
  readonly evaluations: readonly Evaluation[];
  readonly steps: number; // length of the schedule, 0 where that is not known
  readonly lines: readonly ReferenceLine[];
}

export interface FigureLook {
  colours: Colours;
  lines: readonly ReferenceLine[];
}

const EMPTY_STEPS = 1000; // what the axis shows where the schedule is not known
// Over the reference lines: room for where a curve begins, which is a little above ln V.
const HEADROOM = 1.1;
const MARK_RADIUS = 3.5;
const MARK_ROOM = 5; // a mark's radius and half its line

// The chart of a run: training loss a thin line, validation loss a line with a mark at each
// evaluation, under them the reference lines.
export class LossFigure {
  private readonly look: FigureLook = { colours: readColours(), lines: [] };
  private readonly chart: Chart<'line', Point[]>;

  constructor(canvas: HTMLCanvasElement) {
    this.chart = new Chart(canvas, makeConfig(this.look));
  }

  // Reads the colours again; they show with the next drawing.
  recolour(): void {
    this.look.colours = readColours();
  }

  draw({ losses, evaluations, steps, lines }: LossData): void {
    this.look.lines = lines;
    const validation = evaluations.map(({ step, valLoss }) => ({ x: step, y: valLoss }));
    const heights = [
      ...lines.map(({ value }) => value * HEADROOM),
      ...[...losses, ...validation].map(({ y }) => y),
    ];
    const top = heights.reduce((highest, height) => Math.max(highest, height), 1);
    const { options, data } = this.chart;
    Object.assign(options.scales?.x ?? {}, { max: steps || EMPTY_STEPS });
    Object.assign(options.scales?.y ?? {}, { max: top });
    [[...losses], validation].forEach((points, i) =>
      Object.assign(data.datasets[i] ?? {}, { data: points }),
    );
    this.chart.update('none');
  }

  destroy(): void {
    this.chart.destroy();
  }
}

function makeConfig(look: FigureLook): ChartConfiguration<'line', Point[]> {
  const colour = (name: ColourName) => () => look.colours[name];
  const font = () => look.colours.font;
  const ticks = { color: colour('muted'), font, maxRotation: 0, includeBounds: false };
  const scales = {
    x: {
      type: 'linear' as const,
      min: 0,
      max: EMPTY_STEPS,
      grid: { display: false },
      border: { display: false },
      ticks: {
        ...ticks,
        align: 'inner' as const,
        maxTicksLimit: 6,
        callback: (value: string | number) => formatCount(+value),
      },
    },
    y: {
      type: 'linear' as const,
      min: 0,
      max: 1,
      grid: { color: colour('hairline'), tickLength: 0 },
      border: { display: false },
      ticks: { ...ticks, padding: 8, maxTicksLimit: 7 },
    },
  };
  const train = {
    label: 'train',
    data: [] as Point[],
    borderColor: colour('muted'),
    borderWidth: 1.25,
    // A curve of one step is a point.
    pointRadius: (context: { dataset: { data: unknown[] } }) =>
      context.dataset.data.length === 1 ? 1.5 : 0,
    pointHitRadius: 4,
    order: 2,
  };
  const validation = {
    label: 'validation',
    data: [] as Point[],
    borderColor: colour('accent'),
    borderWidth: 2,
    pointRadius: MARK_RADIUS,
    pointBorderWidth: 2,
    pointBorderColor: colour('accent'),
    pointBackgroundColor: colour('paper'),
    order: 1,
    clip: MARK_ROOM, // the first and the last mark are whole
  };
  const tooltip = {
    displayColors: false,
    animation: false as const,
    cornerRadius: 4,
    backgroundColor: colour('ink'),
    titleColor: colour('paper'),
    bodyColor: colour('paper'),
    titleFont: font,
    bodyFont: font,
    callbacks: {
      title: ([item]: { parsed: { x: number | null } }[]) => `step ${formatCount(item?.parsed.x)}`,
      label: (item: { parsed: { y: number | null }; dataset: { label?: string } }) =>
        `${formatLoss(item.parsed.y)} ${item.dataset.label ?? ''}`,
    },
  };
  return {
    type: 'line',
    data: { datasets: [train, validation] },
    options: {
      parsing: false,
      normalized: true,
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      // The plot is as wide as the panel, whatever stands on its axes.
      layout: { autoPadding: false, padding: { top: MARK_ROOM, right: MARK_ROOM } },
      scales,
      plugins: { tooltip },
    },
    plugins: [referencePlugin(look)],
  };
}
