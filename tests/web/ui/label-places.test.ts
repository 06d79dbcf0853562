import { describe, expect, it } from 'vitest';
import { freePlace, runsThrough, type Box } from '../../../web/src/ui/loss-panel/label-places';

const area: Box = { left: 40, top: 10, width: 300, height: 200 };
const size = { width: 80, height: 12 };
const nothing = { curves: [], boxes: [] };

// A loss that falls and flattens, with noise of a few pixels.
const falling = (level: number) =>
  Array.from({ length: 300 }, (_, i) => ({
    x: 40 + i,
    y: level - 120 * Math.exp(-i / 40) + 4 * Math.sin(i * 12.9898),
  }));

const isInside = ({ left, top, width, height }: Box) =>
  left >= area.left &&
  left + width <= area.left + area.width &&
  top >= area.top &&
  top + height <= area.top + area.height;

const apart = (a: Box, b: Box) =>
  a.left >= b.left + b.width ||
  b.left >= a.left + a.width ||
  a.top >= b.top + b.height ||
  b.top >= a.top + a.height;

describe('a name', () => {
  it('stands at the end of its curve where that has room', () => {
    const short = falling(150).slice(0, 120);
    const end = short.at(-1)!;
    const place = freePlace(end, size, area, { curves: [short], boxes: [] });
    expect(place.left).toBe(end.x + 8);
    expect(Math.abs(place.top + size.height / 2 - end.y)).toBeLessThanOrEqual(6);
  });

  it('lies on no curve, its own neither, though that fills the chart', () => {
    const curves = [falling(150), falling(165), falling(180)];
    const places = curves.map((curve) =>
      freePlace(curve.at(-1)!, size, area, { curves, boxes: [] }),
    );
    for (const place of places) {
      expect(isInside(place)).toBe(true);
      for (const curve of curves) expect(runsThrough(curve, place)).toBe(false);
    }
  });

  it('lies on no other name, though their curves end at one place', () => {
    const curves = [falling(150)];
    const boxes: Box[] = [{ left: 250, top: 100, width: 90, height: 14 }];
    for (let i = 0; i < 6; i++)
      boxes.push(freePlace(curves[0]!.at(-1)!, size, area, { curves, boxes }));
    for (const [i, box] of boxes.entries()) {
      for (const other of boxes.slice(i + 1)) expect(apart(box, other)).toBe(true);
    }
  });

  it('is there, and near, where no place is free', () => {
    const boxes = [area];
    expect(isInside(freePlace({ x: 340, y: 100 }, size, area, { curves: [], boxes }))).toBe(true);
    const wide = { width: 500, height: 12 };
    expect(freePlace({ x: 340, y: 100 }, wide, area, nothing)).toMatchObject({ left: area.left });
  });
});

describe('a line', () => {
  const box: Box = { left: 10, top: 10, width: 10, height: 10 };
  it.each([
    ['through it', [0, 0, 30, 30], true],
    ['whose points are far to both sides', [-100, 15, 100, 15], true],
    ['that goes up inside of it', [15, 0, 15, 40], true],
    ['beside it', [0, 0, 9, 40], false],
    ['that passes its corner', [0, 15, 30, -60], false],
    ['above it', [0, 5, 30, 9], false],
  ])('%s', (_, [ax, ay, bx, by], expected) => {
    const points = [
      { x: ax!, y: ay! },
      { x: bx!, y: by! },
    ];
    expect(runsThrough(points, box)).toBe(expected);
  });

  it('of one point is that point', () => {
    expect(runsThrough([{ x: 12, y: 12 }], box)).toBe(true);
    expect(runsThrough([{ x: 2, y: 12 }], box)).toBe(false);
  });
});
