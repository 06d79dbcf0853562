import type { Chart, Plugin } from 'chart.js';
import type { FigureLook } from './loss-figure';

// The step pointed at, and where the curves stand there.
export interface Cursor {
  readonly step: number;
  readonly loss: number | null;
  readonly evaluation: { readonly step: number; readonly loss: number } | null;
}

const DOT_RADIUS = 4;

// A line through all curves at the step pointed at, with a dot where it meets them.
export function cursorPlugin(look: FigureLook): Plugin<'line'> {
  return { id: 'cursor', afterDatasetsDraw: (chart) => drawCursor(chart, look) };
}

function drawCursor({ ctx, chartArea, scales }: Chart<'line'>, look: FigureLook): void {
  const { cursor, colours } = look;
  const { x, y } = scales;
  const seen = cursor && x && y && cursor.step >= x.min && cursor.step <= x.max;
  look.onCursor(seen ? x.getPixelForValue(cursor.step) : null);
  if (!seen) return;
  const at = Math.round(x.getPixelForValue(cursor.step)) + 0.5;
  ctx.save();
  ctx.strokeStyle = colours.ink;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(at, chartArea.top);
  ctx.lineTo(at, chartArea.bottom);
  ctx.stroke();
  const dot = (step: number, loss: number, colour: string) => {
    if (step < x.min || step > x.max || loss < y.min || loss > y.max) return;
    ctx.beginPath();
    ctx.arc(x.getPixelForValue(step), y.getPixelForValue(loss), DOT_RADIUS, 0, 2 * Math.PI);
    ctx.fillStyle = colour;
    ctx.fill();
  };
  if (cursor.loss !== null) dot(cursor.step, cursor.loss, colours.ink);
  if (cursor.evaluation) dot(cursor.evaluation.step, cursor.evaluation.loss, colours.accent);
  ctx.restore();
}
