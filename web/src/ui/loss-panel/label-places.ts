// Where a name can stand on the chart: near the end of its curve, and on no other thing. In pixels.
import type { Point } from './curves';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Taken {
  readonly curves: readonly (readonly Point[])[]; // each from the left to the right
  readonly boxes: readonly Box[];
}

const GAP = 8; // between the end of a curve and its name
const MARGIN = 3; // that a name keeps to all sides
const STRIDE = 6; // between two places that are tried

/**
 * The free place nearest to where the curve ends, above it, below it or before it, inside of `area`;
 * the nearest of all where none is free.
 */
export function freePlace(end: Point, size: Size, area: Box, taken: Taken): Box {
  const places = placesFor(end, size, area);
  return places.find((place) => isFree(place, taken)) ?? places[0] ?? { ...area, ...size };
}

// Nearest first. To the side is as good as up or down by as many names.
function placesFor(end: Point, { width, height }: Size, area: Box): Box[] {
  const right = Math.min(end.x + GAP, area.left + area.width - width - MARGIN);
  const level = end.y - height / 2;
  const places: (Box & { distance: number })[] = [];
  for (let left = right; left >= area.left; left -= width / 2) {
    const aside = ((right - left) / width) * height;
    for (let top = area.top; top + height <= area.top + area.height; top += STRIDE) {
      places.push({ left, top, width, height, distance: Math.abs(top - level) + aside });
    }
  }
  return places.sort((a, b) => a.distance - b.distance);
}

function isFree(place: Box, { curves, boxes }: Taken): boolean {
  const roomy = {
    left: place.left - MARGIN,
    top: place.top - MARGIN,
    width: place.width + 2 * MARGIN,
    height: place.height + 2 * MARGIN,
  };
  return (
    !boxes.some((box) => overlap(roomy, box)) && !curves.some((curve) => runsThrough(curve, roomy))
  );
}

function overlap(a: Box, b: Box): boolean {
  return (
    a.left < b.left + b.width &&
    b.left < a.left + a.width &&
    a.top < b.top + b.height &&
    b.top < a.top + a.height
  );
}

/** Whether a line through the points, which go to the right, touches the box. */
export function runsThrough(points: readonly Point[], { left, top, width, height }: Box): boolean {
  const [right, bottom] = [left + width, top + height];
  const touches = (a: Point, b: Point) => {
    if (b.x < left || a.x > right) return false;
    const at = (x: number) => (b.x > a.x ? a.y + ((b.y - a.y) * (x - a.x)) / (b.x - a.x) : a.y);
    const from = at(Math.max(a.x, left));
    const to = b.x > a.x ? at(Math.min(b.x, right)) : b.y;
    return Math.min(from, to) <= bottom && Math.max(from, to) >= top;
  };
  return points.some((point, i) => touches(points[i - 1] ?? point, point));
}
