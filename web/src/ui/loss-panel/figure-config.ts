// How the chart is made up: its axes, its curves, how it is zoomed. What is drawn comes later.
import { Ticks, type ChartConfiguration, type Plugin, type Scale, type Tick } from 'chart.js';
import type { Range } from '../../state/chart-state';
import { formatCount } from '../../state/format';
import type { ColourName, Colours } from './colours';
import type { Point } from './curves';

export const EMPTY_STEPS = 1000; // what the axis shows where the schedule is not known
export const MARK_ROOM = 5; // a mark's radius and half its line
const MARK_RADIUS = 3.5;
export const CURVE_SHARE = 5; // of the height; learning rate and gradient norm have one each
const DRAGGED_PIXELS = 6; // less is a press
const FEWEST_LEVELS = 3; // of a logarithmic scale; where there are fewer, Chart.js finds others

// The curves of the run at hand, in the order in which the chart holds them.
export const curveNames = ['strokes', 'line', 'validation', 'rate', 'norm'] as const;
export type CurveName = (typeof curveNames)[number];

export type Config = ChartConfiguration<'line', Point[]>;
export type Curve = Config['data']['datasets'][number];

export function makeConfig(
  colours: () => Colours,
  onRange: (range: Range) => void,
  plugins: Plugin<'line'>[],
): Config {
  const colour = (name: ColourName) => () => colours()[name];
  const onChange = ({
    chart,
  }: {
    chart: { scales: Record<string, { min: number; max: number }> };
  }) => onRange({ from: chart.scales.x!.min, to: chart.scales.x!.max });
  return {
    type: 'line',
    data: { datasets: curveNames.map((name) => makeCurve(name, colour)) },
    options: {
      parsing: false,
      normalized: true,
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      events: [], // the panel itself tells which step is pointed at
      // The plot is as wide as the panel, whatever stands on its axes.
      layout: { autoPadding: false, padding: { top: MARK_ROOM, right: MARK_ROOM } },
      scales: makeScales(colours, colour),
      plugins: {
        zoom: {
          pan: { enabled: true, mode: 'x', modifierKey: 'shift', onPan: onChange },
          zoom: {
            mode: 'x',
            wheel: { enabled: true },
            pinch: { enabled: true },
            drag: { enabled: true, threshold: DRAGGED_PIXELS },
            onZoom: onChange,
          },
        },
      },
    },
    plugins,
  };
}

// What a logarithmic scale has lines at: no two of them touch, however low the chart is.
export function levels(min: number, max: number): number[] {
  const values: number[] = [];
  for (let power = Math.floor(Math.log10(min)); 10 ** power <= max; power++) {
    for (const digit of [1, 2, 5]) {
      const value = Number((digit * 10 ** power).toPrecision(1));
      if (value >= min && value <= max) values.push(value);
    }
  }
  return values;
}

type Paint = (name: ColourName) => () => string;

function makeScales(colours: () => Colours, colour: Paint) {
  const ticks = {
    color: colour('muted'),
    font: () => colours().font,
    maxRotation: 0,
    includeBounds: false,
  };
  const upright = (stackWeight: number) => ({
    type: 'linear' as const,
    axis: 'y' as const,
    stack: 'curves',
    stackWeight,
    min: 0,
    max: 1,
    grid: { color: colour('hairline'), tickLength: 0 },
    border: { display: false },
    ticks: {
      ...ticks,
      padding: 8,
      maxTicksLimit: 7,
      callback(this: Scale, value: string | number, index: number, all: Tick[]) {
        if (this.type === 'logarithmic') return String(Number(Number(value).toPrecision(3)));
        return Ticks.formatters.numeric.call(this, Number(value), index, all);
      },
    },
    afterBuildTicks: (scale: Scale) => {
      const values = scale.type === 'logarithmic' ? levels(scale.min, scale.max) : [];
      if (values.length >= FEWEST_LEVELS) scale.ticks = values.map((value) => ({ value }));
    },
  });
  // A line to stand on; the curve's name says how high it goes.
  const small = {
    ...upright(1),
    afterBuildTicks: (scale: Scale) => {
      scale.ticks = [{ value: 0 }];
    },
    ticks: { display: false },
  };
  return {
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
    // From the bottom up.
    norm: small,
    rate: small,
    y: upright(CURVE_SHARE),
  };
}

function makeCurve(name: CurveName, colour: Paint): Curve {
  const plain = { label: name, yAxisID: 'y', data: [], pointRadius: 0, borderWidth: 1.25 };
  const muted = { ...plain, borderColor: colour('muted') };
  switch (name) {
    case 'strokes':
      // A curve of one step is a point.
      return {
        ...muted,
        order: 3, // under the others
        pointRadius: (context) => (isAlone(context.dataset.data) ? 1.5 : 0),
      };
    case 'line':
      return { ...muted, borderWidth: 1.75, order: 2 };
    case 'validation':
      return { ...marked(colour('accent'), colour('paper')), label: name, order: 1 };
    case 'rate':
    case 'norm':
      return { ...muted, yAxisID: name };
  }
}

const isAlone = (points: readonly unknown[]) => points.length === 1;

// A line with a mark at each evaluation, or at some where they would touch; the first and the last
// are whole.
function marked(borderColor: string | (() => string), fill: () => string) {
  return {
    yAxisID: 'y',
    data: [] as Point[],
    borderColor,
    borderWidth: 2,
    pointBorderColor: borderColor,
    pointBackgroundColor: fill,
    pointBorderWidth: 2,
    pointRadius: (context: { dataIndex: number; dataset: { data: unknown[] } }) => {
      const { length } = context.dataset.data;
      const every = Math.ceil(length / MOST_MARKS);
      return context.dataIndex % every === 0 || context.dataIndex === length - 1 ? MARK_RADIUS : 0;
    },
    clip: MARK_ROOM,
  };
}

const MOST_MARKS = 40;

// The two curves of another run, in its own colour and dashes: the training loss, and the validation
// loss with square marks.
export function overlayCurves(
  name: string,
  colour: string,
  dash: readonly number[],
  paper: () => string,
): Curve[] {
  const train = {
    yAxisID: 'y',
    data: [],
    order: 4,
    borderColor: colour,
    borderDash: [...dash],
    borderWidth: 1,
    pointRadius: 0,
  };
  return [
    { ...train, label: name },
    {
      ...marked(colour, paper),
      label: `${name}, validation`,
      pointStyle: 'rect',
      order: 4,
      borderWidth: 1.5,
      borderDash: [...dash],
    },
  ];
}
