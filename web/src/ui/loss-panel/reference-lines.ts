import type { Chart, Plugin } from 'chart.js';
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

function drawLines(
  { ctx, chartArea, scales }: Chart<'line'>,
  { lines, colours }: FigureLook,
): void {
  const { left, right } = chartArea;
  const { top = 0, bottom = 0 } = scales.y ?? {};
  const inSight = lines
    .map(({ value, label }) => ({ label, y: scales.y?.getPixelForValue(value) ?? NaN }))
    .filter(({ y }) => y >= top && y <= bottom)
    .sort((a, b) => a.y - b.y);
  const labels = spread(inSight.map(({ y }) => y));
  ctx.save();
  ctx.font = `${colours.font.size}px ${colours.font.family}`;
  ctx.textAlign = 'right';
  ctx.textBaseline = 'middle';
  ctx.strokeStyle = colours.muted;
  ctx.setLineDash([2, 4]);
  for (const { y } of inSight) {
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(right, y);
    ctx.stroke();
  }
  inSight.forEach(({ label, y }, i) => {
    const { width } = ctx.measureText(label);
    const at = labels[i] ?? y;
    ctx.fillStyle = colours.paper;
    ctx.fillRect(right - width - LABEL_GAP, at - LABEL_HEIGHT / 2, width + LABEL_GAP, LABEL_HEIGHT);
    ctx.fillStyle = colours.muted;
    ctx.fillText(label, right, at);
  });
  ctx.restore();
}
