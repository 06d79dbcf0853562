import { formatCount } from '../../../state/format';
import type { Colours } from '../../loss-panel/colours';
import { spread } from '../../loss-panel/reference-lines';
import type { PictureFacts, Point } from './facts';

export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const GUTTER = 48; // for the figures beside and below
const HEADROOM = 1.08;
const MARK = 4.5;
const LABEL = 18; // height of a line's name

// Round numbers from 0 to about `top`, a few of them: steps of 1, 2 or 5 times a power of ten.
export function ticks(top: number, most: number): number[] {
  const rough = top / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const count = Math.floor(top / step + 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => i * step);
}

// The loss as the page's chart has it: training a thin line, validation a line with marks, under
// them what guessing would give.
export function drawCurve(
  context: CanvasRenderingContext2D,
  { losses, evaluations, lines, steps }: PictureFacts,
  box: Box,
  colours: Colours,
  font: string,
): void {
  const validation = evaluations
    .filter(({ valLoss }) => Number.isFinite(valLoss))
    .map(({ step, valLoss }) => ({ x: step, y: valLoss }));
  const heights = [...losses, ...validation].map(({ y }) => y);
  const top = Math.max(1, ...lines.map(({ value }) => value * HEADROOM), ...spreadOf(heights));
  const plot: Box = { ...box, left: box.left + GUTTER, bottom: box.bottom - 28 };
  const x = (step: number) => plot.left + (step / steps) * (plot.right - plot.left);
  const y = (loss: number) => plot.bottom - (loss / top) * (plot.bottom - plot.top);
  context.font = font;
  drawAxes(context, { top, steps, plot, x, y }, colours);
  drawLines(context, lines, plot, y, colours);
  stroke(context, losses, x, y, colours.muted, 1.5);
  stroke(context, validation, x, y, colours.accent, 3);
  for (const point of validation) {
    context.beginPath();
    context.arc(x(point.x), y(point.y), MARK, 0, 2 * Math.PI);
    context.fillStyle = colours.paper;
    context.fill();
    context.lineWidth = 2.5;
    context.stroke();
  }
}

// A single peak would flatten all else; it leaves the picture instead.
function spreadOf(heights: readonly number[]): number[] {
  const sorted = [...heights].sort((a, b) => a - b);
  return sorted.slice(-1 - Math.floor(sorted.length / 200)).slice(0, 1);
}

type Scale = (value: number) => number;

function drawAxes(
  context: CanvasRenderingContext2D,
  { top, steps, plot, x, y }: { top: number; steps: number; plot: Box; x: Scale; y: Scale },
  colours: Colours,
): void {
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const value of ticks(top, 6)) {
    context.fillStyle = colours.hairline;
    context.fillRect(plot.left, Math.round(y(value)), plot.right - plot.left, 1);
    context.fillStyle = colours.muted;
    context.fillText(String(+value.toPrecision(3)), plot.left - 12, y(value));
  }
  context.textBaseline = 'alphabetic';
  for (const value of ticks(steps, 5)) {
    context.textAlign = value === 0 ? 'left' : value === steps ? 'right' : 'center';
    context.fillText(formatCount(value), x(value), plot.bottom + 26);
  }
  context.textAlign = 'left';
}

function drawLines(
  context: CanvasRenderingContext2D,
  lines: PictureFacts['lines'],
  plot: Box,
  y: Scale,
  colours: Colours,
): void {
  const sorted = [...lines].sort((a, b) => b.value - a.value);
  const labels = spread(
    sorted.map(({ value }) => y(value)),
    LABEL,
  );
  context.setLineDash([3, 5]);
  context.lineWidth = 1;
  context.strokeStyle = colours.muted;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  sorted.forEach(({ value, label }, i) => {
    context.beginPath();
    context.moveTo(plot.left, y(value));
    context.lineTo(plot.right, y(value));
    context.stroke();
    const width = context.measureText(label).width + 12;
    context.fillStyle = colours.paper;
    context.fillRect(plot.right - width, labels[i]! - LABEL / 2, width, LABEL);
    context.fillStyle = colours.muted;
    context.fillText(label, plot.right, labels[i]!);
  });
  context.setLineDash([]);
  context.textBaseline = 'alphabetic';
  context.textAlign = 'left';
}

function stroke(
  context: CanvasRenderingContext2D,
  points: readonly Point[],
  x: Scale,
  y: Scale,
  colour: string,
  width: number,
): void {
  context.beginPath();
  points.forEach((point, i) => {
    if (i === 0) context.moveTo(x(point.x), y(point.y));
    else context.lineTo(x(point.x), y(point.y));
  });
  context.lineJoin = 'round';
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke();
}
