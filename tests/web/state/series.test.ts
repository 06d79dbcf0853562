import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EvaluationSeries, smoothed, StepSeries } from '../../../web/src/state/series';

function seriesOf(values: readonly number[]): StepSeries {
  const series = new StepSeries();
  values.forEach((value, i) => series.push(i + 1, value));
  return series;
}

describe('StepSeries', () => {
  it('keeps a short run as it is', () => {
    const series = seriesOf(Array.from({ length: 100 }, (_, i) => i % 7));
    expect(series.lastStep).toBe(100);
    expect(series.columns(0, 100, 100).map(({ x, min, max }) => [x, min, max])).toEqual(
      Array.from({ length: 100 }, (_, i) => [i + 1, i % 7, i % 7]),
    );
    expect(series.at(10)).toBe(2);
    expect(series.at(0)).toBeNull();
    expect(series.at(101)).toBeNull();
  });

  it('sums up any part of a run as if it had looked at every step', () => {
    const value = (step: number) => Math.sin(step * 12.9898) * (1 + (step % 1000));
    const series = seriesOf(Array.from({ length: 20_000 }, (_, i) => value(i + 1)));
    const step = fc.integer({ min: 1, max: 20_000 });
    fc.assert(
      fc.property(step, step, fc.integer({ min: 1, max: 900 }), (a, b, most) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const columns = series.columns(from, to, most);
        expect(columns.length).toBeLessThanOrEqual(most + 2);
        expect(columns.at(-1)!.x).toBe(to);
        for (const { x, min, max, sum, count } of columns) {
          const steps = Array.from({ length: count }, (_, i) => value(x - i));
          expect(min).toBe(Math.fround(Math.min(...steps)));
          expect(max).toBe(Math.fround(Math.max(...steps)));
          expect(sum).toBeCloseTo(
            steps.reduce((total, each) => total + each, 0),
            6,
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it('keeps millions of steps in bounded memory, and loses no peak', () => {
    const series = new StepSeries();
    const steps = 2_000_000;
    for (let step = 1; step <= steps; step++) series.push(step, step === 777_777 ? 100 : 1);
    const columns = series.columns(0, steps, 1000);
    expect(columns.length).toBeLessThanOrEqual(1001);
    expect(columns.at(-1)!.x).toBe(steps);
    expect(Math.max(...columns.map(({ max }) => max))).toBe(100);
    const total = (part: 'sum' | 'count') => columns.reduce((sum, column) => sum + column[part], 0);
    expect(total('count')).toBe(steps);
    expect(total('sum')).toBe(steps + 99);
    expect(series.columns(0, steps, Infinity).length).toBeLessThanOrEqual(2 ** 19);
    expect(series.at(steps)).toBe(1);
  });

  it('leaves out what is not finite', () => {
    const series = seriesOf([NaN, Infinity, 1]);
    expect(series.columns(0, 3, 10).map(({ x, sum }) => [x, sum])).toEqual([[3, 1]]);
    expect(series.at(1)).toBeNull();
  });
});

describe('smoothed', () => {
  it('is the mean of a neighbourhood, which is as wide to both sides where the run begins', () => {
    const values = [9, 3, 0, 6, 12, 6, 0];
    const columns = seriesOf(values).columns(0, values.length, values.length);
    expect(smoothed(columns, 0).map(({ y }) => y)).toEqual(values);
    expect(smoothed(columns, 2)).toEqual([
      { x: 1, y: 9 },
      { x: 2, y: 4 },
      { x: 3, y: 6 },
      { x: 4, y: 5.4 },
      { x: 5, y: 4.8 },
      { x: 6, y: 6 },
      { x: 7, y: 6 },
    ]);
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

  it('finds the evaluation nearest to a step', () => {
    const series = new EvaluationSeries();
    expect(series.nearest(5)).toBeNull();
    for (const step of [0, 10, 30]) series.push({ step, trainLoss: 1, valLoss: 1 });
    expect([4, 9, 21, 1000].map((step) => series.nearest(step)?.step)).toEqual([0, 10, 30, 30]);
  });
});
