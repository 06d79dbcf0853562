import { describe, expect, it } from 'vitest';
import { StepSeries } from '../../../web/src/state/series';
import { curveOf, heightsOf, validationOf } from '../../../web/src/ui/loss-panel/curves';

const series = new StepSeries();
for (let step = 1; step <= 100_000; step++) series.push(step, step === 41_234 ? 50 : step % 2);

describe('curveOf', () => {
  it('has no more points than the chart has pixels, and every peak', () => {
    const { strokes, line } = curveOf(series, { from: 0, to: 100_000 }, 700);
    expect(strokes.length).toBeLessThanOrEqual(2 * 702);
    expect(line.length).toBeLessThanOrEqual(702);
    expect(Math.max(...strokes.map(({ y }) => y))).toBe(50);
    expect(strokes.at(-1)!.x).toBe(100_000);
  });

  it('shows single steps once the view is close, a little beyond both edges', () => {
    const { strokes } = curveOf(series, { from: 500, to: 600 }, 700);
    expect(strokes[0]!.x).toBeLessThan(500);
    expect(strokes.at(-1)!.x).toBeGreaterThan(600);
    expect(strokes.filter(({ x }) => x >= 501 && x <= 600)).toEqual(
      Array.from({ length: 100 }, (_, i) => ({ x: 501 + i, y: (i + 1) % 2 })),
    );
  });

  it('is quick, however long the run: a hundred drawings take less than one frame may', () => {
    const start = performance.now();
    for (let i = 0; i < 100; i++) curveOf(series, { from: 0, to: 100_000 - i }, 1400);
    expect((performance.now() - start) / 100).toBeLessThan(50);
  });
});

it('heights are those in view', () => {
  const curve = [
    { x: 0, y: 9 },
    { x: 5, y: 2 },
    { x: 9, y: 3 },
  ];
  expect(heightsOf([curve], { from: 1, to: 10 })).toEqual({ low: 2, high: 3 });
  expect(heightsOf([curve], { from: 20, to: 30 })).toBeNull();
});

it('a run that holds nothing out has no validation curve', () => {
  expect(validationOf([{ step: 1, trainLoss: 1, valLoss: NaN }])).toEqual([]);
});
