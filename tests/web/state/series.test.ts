import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EvaluationSeries, LossSeries } from '../../../web/src/state/series';

describe('LossSeries', () => {
  it('keeps a short run as it is', () => {
    const series = new LossSeries();
    for (let step = 1; step <= 100; step++) series.push(step, 1 / step);
    expect(series.toArray()).toEqual(
      Array.from({ length: 100 }, (_, i) => ({ x: i + 1, y: 1 / (i + 1) })),
    );
  });

  it('keeps any run in bounded memory, to its last step, and true to its mean', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60_000 }), (steps) => {
        const series = new LossSeries();
        for (let step = 1; step <= steps; step++) series.push(step, step);
        const points = series.toArray();
        expect(points.length).toBeLessThanOrEqual(1601);
        expect(points.at(-1)!.x).toBe(steps);
        // Each point is the mean of the steps since the point before it.
        let before = 0;
        for (const { x, y } of points) {
          expect(y).toBeCloseTo((before + 1 + x) / 2, 6);
          before = x;
        }
      }),
      { numRuns: 20 },
    );
  });

  it('leaves out what is not finite', () => {
    const series = new LossSeries();
    series.push(1, NaN);
    series.push(2, Infinity);
    series.push(3, 1);
    expect(series.toArray()).toEqual([{ x: 3, y: 1 }]);
  });
});

describe('EvaluationSeries', () => {
  it('thins out, and keeps the first and the last', () => {
    const series = new EvaluationSeries();
    for (let step = 0; step <= 5000; step++) {
      series.push({ step, trainLoss: step, valLoss: step });
      const kept = series.toArray();
      expect(kept.length).toBeLessThanOrEqual(800);
      expect(kept[0]!.step).toBe(0);
      expect(series.last!.step).toBe(step);
    }
  });
});
