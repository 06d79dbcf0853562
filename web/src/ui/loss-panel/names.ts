import type { Chart, Plugin } from 'chart.js';
import { curveNames } from './figure-config';
import type { FigureLook } from './loss-figure';

const GAP = 4;

// Names drawn beside what they name: the two small curves, and the runs that lie over this one.
export function namesPlugin(look: FigureLook): Plugin<'line'> {
  return { id: 'names', afterDatasetsDraw: (chart) => drawNames(chart, look) };
}

function drawNames(chart: Chart<'line'>, { colours }: FigureLook): void {
  const { ctx, scales, chartArea } = chart;
  ctx.save();
  ctx.font = `${colours.font.size}px ${colours.font.family}`;
  ctx.textBaseline = 'top';
  ctx.textAlign = 'right';
  ctx.fillStyle = colours.muted;
  const below = [
    [scales.rate, 'learning rate'],
    [scales.norm, 'gradient norm'],
  ] as const;
  for (const [scale, name] of below) {
    if (scale?.options.display) ctx.fillText(name, chartArea.right, scale.top + GAP);
  }
  ctx.beginPath();
  ctx.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
  ctx.clip();
  chart.data.datasets.slice(curveNames.length).forEach((curve, i) => {
    const last = chart.getDatasetMeta(curveNames.length + i).data.at(-1);
    if (i % 2 === 1 || !last) return; // a name stands at the end of the training loss
    ctx.fillStyle = curve.borderColor as string;
    ctx.textAlign = last.x > chartArea.right - 80 ? 'right' : 'left';
    ctx.fillText(String(curve.label), last.x + (ctx.textAlign === 'left' ? 8 : -8), last.y - 18);
  });
  ctx.restore();
}
