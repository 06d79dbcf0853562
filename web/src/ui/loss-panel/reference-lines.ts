import type { Chart, Plugin } from 'chart.js';
import type { Point } from './curves';
import { runsThrough, type Box } from './label-places';
import type { FigureLook } from './loss-figure';

// A level that answers "is my curve normal?".
export interface ReferenceLine {
  readonly value: number;
  readonly label: string;
}

interface TextFacts {
  readonly vocab_size: number;
  readonly unigram_entropy: number;
  readonly bigram_entropy: number;
}

// Guessing blindly; knowing how frequent each token is; knowing the token before.
export function referenceLines(facts: TextFacts): ReferenceLine[] {
  const line = (label: string, value: number) => ({ value, label: `${label} ${value.toFixed(2)}` });
  return [
    line('ln V', Math.log(facts.vocab_size)),
    line('unigram', facts.unigram_entropy),
    line('bigram', facts.bigram_entropy),
  ];
}

const LABEL_HEIGHT = 14;
const LABEL_GAP = 8;
const LABEL_STRIDE = 8; // between two places that are tried

// Moves labels down until none covers the one above it. Positions in pixels, top first.
export function spread(positions: readonly number[], height = LABEL_HEIGHT): number[] {
  let lowest = -Infinity;
  return positions.map((position) => (lowest = Math.max(position, lowest + height)));
}

// Draws the lines under the curves, with their names at the right end.
export function referencePlugin(look: FigureLook): Plugin<'line'> {
  return {
    id: 'reference-lines',
    beforeDatasetsDraw: (chart) => drawLines(chart, look),
  };
}

// What the names of the lines cover.
export function referenceBoxes(chart: Chart<'line'>, lines: readonly ReferenceLine[]): Box[] {
  return labelsOf(chart, lines).map(({ box }) => box);
}

/**
 * Where on its line a name of this width stands, the middle of its words at `at`: as far to the right
 * as no curve runs through it; quite to the right where there is no such place.
 */
export function placeOnLine(
  at: number,
  width: number,
  { left, right }: { left: number; right: number },
  curves: readonly (readonly Point[])[],
): Box {
  const boxAt = (end: number): Box => ({
    left: end - width,
    top: at - LABEL_HEIGHT / 2,
    width,
    height: LABEL_HEIGHT,
  });
  for (let end = right; end - width >= left; end -= LABEL_STRIDE) {
    const box = boxAt(end);
    if (!curves.some((curve) => runsThrough(curve, box))) return box;
  }
  return boxAt(right);
}

interface Label {
  readonly label: string;
  readonly y: number; // of its line
  readonly box: Box; // that its words stand in, at the right
}

// Of the lines in sight, from the top. REQUIRES: the font is set.
function labelsOf(chart: Chart<'line'>, lines: readonly ReferenceLine[]): Label[] {
  const { ctx, scales, chartArea } = chart;
  const { top = 0, bottom = 0 } = scales.y ?? {};
  const inSight = lines
    .map(({ value, label }) => ({ label, y: scales.y?.getPixelForValue(value) ?? NaN }))
    .filter(({ y }) => y >= top && y <= bottom)
    .sort((a, b) => a.y - b.y);
  const places = spread(inSight.map(({ y }) => y));
  const curves = lossCurves(chart);
  return inSight.map(({ label, y }, i) => {
    const width = ctx.measureText(label).width + LABEL_GAP;
    return { label, y, box: placeOnLine(places[i] ?? y, width, chartArea, curves) };
  });
}

// The points of all curves of losses, in pixels.
export function lossCurves(chart: Chart<'line'>): (readonly Point[])[] {
  return chart.data.datasets.flatMap(({ yAxisID }, i) =>
    yAxisID === 'y' ? [chart.getDatasetMeta(i).data] : [],
  );
}

function drawLines(chart: Chart<'line'>, { lines, colours }: FigureLook): void {
  const { ctx, chartArea } = chart;
  const { left, right } = chartArea;
  ctx.save();
  ctx.font = `${colours.font.size}px ${colours.font.family}`;
  ctx.textAlign = 'right';
  ctx.textBaseline = 'middle';
  ctx.strokeStyle = colours.muted;
  ctx.setLineDash([2, 4]);
  const labels = labelsOf(chart, lines);
  for (const { y } of labels) {
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(right, y);
    ctx.stroke();
  }
  for (const { label, box } of labels) {
    ctx.fillStyle = colours.paper;
    ctx.fillRect(box.left, box.top, box.width, box.height);
    ctx.fillStyle = colours.muted;
    ctx.fillText(label, box.left + box.width, box.top + box.height / 2);
  }
  ctx.restore();
}
