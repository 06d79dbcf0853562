import type { Chart, Plugin } from 'chart.js';
import { curveNames } from './figure-config';
import { freePlace, type Box } from './label-places';
import type { FigureLook } from './loss-figure';
import { lossCurves, referenceBoxes } from './reference-lines';

const GAP = 4;
const MOST_NAME_SHARE = 0.5; // of the plot's width
export const LEAST_SHARE = 0.4; // of a small chart's height, for its curve below its name
export const NAME_HEIGHT = 20; // of a small curve's name, with what keeps it from the curve

// Names drawn beside what they name: the two small curves, and the runs that lie over this one.
export function namesPlugin(look: FigureLook): Plugin<'line'> {
  return { id: 'names', afterDatasetsDraw: (chart) => drawNames(chart, look) };
}

function drawNames(chart: Chart<'line'>, look: FigureLook): void {
  const { ctx } = chart;
  const { font, muted } = look.colours;
  ctx.save();
  ctx.font = `${font.size}px ${font.family}`;
  ctx.textBaseline = 'top';
  ctx.fillStyle = muted;
  nameBelow(chart, look);
  nameOverlays(chart, look);
  ctx.restore();
}

function nameBelow({ ctx, scales, chartArea }: Chart<'line'>, look: FigureLook): void {
  const { peaks, colours } = look;
  const below = [
    [scales.rate, 'learning rate', peaks.rate],
    [scales.norm, 'gradient norm', peaks.norm],
  ] as const;
  ctx.textAlign = 'left';
  for (const [scale, name, peak] of below) {
    const words = peak > 0 ? `${name} up to ${Number(peak.toPrecision(2))}` : name;
    if (!scale?.options.display) continue;
    const { width } = ctx.measureText(words);
    const place = { left: chartArea.right - width, top: scale.top + GAP, width };
    // A low chart has no room above the curve.
    if (scale.height * (1 - LEAST_SHARE) < NAME_HEIGHT) clear(ctx, place, colours);
    ctx.fillStyle = colours.muted;
    ctx.fillText(words, place.left, place.top);
  }
}

// Nothing runs through what is written there.
function clear(
  ctx: CanvasRenderingContext2D,
  { left, top, width }: Pick<Box, 'left' | 'top' | 'width'>,
  { paper, font }: FigureLook['colours'],
): void {
  ctx.fillStyle = paper;
  ctx.fillRect(left - 2, top - 1, width + 4, font.size + 2);
}

function nameOverlays(chart: Chart<'line'>, look: FigureLook): void {
  const { ctx, data, scales, chartArea } = chart;
  const { y } = scales;
  const others = data.datasets.slice(curveNames.length);
  if (!y || others.length === 0) return;
  const area: Box = { ...chartArea, top: y.top, height: y.height };
  const curves = lossCurves(chart);
  const boxes = [...referenceBoxes(chart, look.lines)];
  ctx.textAlign = 'left';
  others.forEach((curve, i) => {
    const end = lastInSight(chart.getDatasetMeta(curveNames.length + i).data, area);
    if (i % 2 === 1 || !end) return; // the training loss has the name, for both
    const name = shortened(String(curve.label), MOST_NAME_SHARE * area.width, ctx);
    const size = { width: ctx.measureText(name).width, height: look.colours.font.size };
    const place = freePlace(end, size, area, { curves, boxes });
    boxes.push(place);
    // A reference line may pass there.
    clear(ctx, place, look.colours);
    ctx.fillStyle = curve.borderColor as string;
    ctx.fillText(name, place.left, place.top);
  });
}

function shortened(name: string, most: number, ctx: CanvasRenderingContext2D): string {
  const letters = [...name];
  const cut = (length: number) =>
    length < letters.length ? `${letters.slice(0, length).join('')}…` : name;
  let length = letters.length;
  while (length > 1 && ctx.measureText(cut(length)).width > most) length--;
  return cut(length);
}

function lastInSight<P extends { x: number; y: number }>(points: readonly P[], area: Box) {
  const right = area.left + area.width;
  return points.findLast(({ x, y }) => x <= right && y >= area.top && y <= area.top + area.height);
}
