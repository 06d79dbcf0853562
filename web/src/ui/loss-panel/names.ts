import type { Chart, Plugin } from 'chart.js';
import { curveNames } from './figure-config';
import type { FigureLook } from './loss-figure';

const GAP = 4;
export const NAME_HEIGHT = 20; // of a small curve's name, with what keeps it from the curve

// Names drawn beside what they name: the two small curves, and the runs that lie over this one.
export function namesPlugin(look: FigureLook): Plugin<'line'> {
  return { id: 'names', afterDatasetsDraw: (chart) => drawNames(chart, look) };
}

function drawNames(chart: Chart<'line'>, { colours, peaks }: FigureLook): void {
  const { ctx, scales, chartArea } = chart;
  ctx.save();
  ctx.font = `${colours.font.size}px ${colours.font.family}`;
  ctx.textBaseline = 'top';
  ctx.textAlign = 'right';
  ctx.fillStyle = colours.muted;
  const below = [
    [scales.rate, 'learning rate', peaks.rate],
    [scales.norm, 'gradient norm', peaks.norm],
  ] as const;
  for (const [scale, name, peak] of below) {
    const words = peak > 0 ? `${name} up to ${Number(peak.toPrecision(2))}` : name;
    if (scale?.options.display) ctx.fillText(words, chartArea.right, scale.top + GAP);
  }
  ctx.beginPath();
  ctx.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
  ctx.clip();
  chart.data.datasets.slice(curveNames.length).forEach((curve, i) => {
    const last = chart.getDatasetMeta(curveNames.length + i).data.at(-1);
    if (i % 2 === 1 || !last) return; // a name stands at the end of the training loss
    const name = String(curve.label);
    const { width } = ctx.measureText(name);
    const left =
      last.x + 2 * GAP + width < chartArea.right ? last.x + 2 * GAP : last.x - 2 * GAP - width;
    const top = last.y - NAME_HEIGHT;
    // Its curve may come from there, and others pass.
    ctx.fillStyle = colours.paper;
    ctx.fillRect(left - 2, top - 1, width + GAP, colours.font.size + 2);
    ctx.fillStyle = curve.borderColor as string;
    ctx.textAlign = 'left';
    ctx.fillText(name, left, top);
  });
  ctx.restore();
}
