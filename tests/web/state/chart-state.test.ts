import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ChartState } from '../../../web/src/state/chart-state';

let chart: ChartState;
beforeEach(() => void (chart = new ChartState()));

describe('the view', () => {
  it('zooms in and out around the middle, or the step pointed at', () => {
    chart.zoom(0.5, 1000);
    expect(chart.range.value).toEqual({ from: 250, to: 750 });
    chart.zoom(2, 1000);
    expect(chart.range.value).toBeNull();
    chart.pointAt(100, 800, 1000);
    chart.zoom(0.5, 1000);
    expect(chart.range.value).toEqual({ from: 50, to: 550 });
  });

  it('moves to the sides, and not beyond the run', () => {
    chart.show({ from: 100, to: 200 }, 1000);
    chart.pan(0.5, 1000);
    expect(chart.range.value).toEqual({ from: 150, to: 250 });
    chart.pan(-9, 1000);
    expect(chart.range.value).toEqual({ from: 0, to: 100 });
    chart.pan(99, 1000);
    expect(chart.range.value).toEqual({ from: 900, to: 1000 });
  });

  it('always lies within the run and is never too narrow to read', () => {
    const edge = fc.double({ noNaN: true, min: -1e7, max: 1e7 });
    fc.assert(
      fc.property(edge, edge, fc.integer({ min: 1, max: 1e6 }), (from, to, steps) => {
        chart.show({ from, to }, steps);
        const shown = chart.shown(steps);
        expect(shown.from).toBeGreaterThanOrEqual(0);
        expect(shown.to).toBeLessThanOrEqual(steps + 1e-6);
        expect(shown.to - shown.from).toBeGreaterThanOrEqual(Math.min(5, steps) - 1e-6);
      }),
    );
  });
});

describe('the step pointed at', () => {
  it('begins at the last one and moves by hundredths of the view', () => {
    chart.move(-1, 500, 1000);
    expect(chart.step.value).toBe(500);
    chart.move(-1, 500, 1000);
    expect(chart.step.value).toBe(490);
    chart.move(10, 500, 1000);
    expect(chart.step.value).toBe(500);
    chart.show({ from: 480, to: 530 }, 1000);
    chart.move(-1, 500, 1000);
    expect(chart.step.value).toBe(499); // never less than a step
  });

  it('is one that was taken, and the view follows it', () => {
    chart.move(1, 0, 1000);
    expect(chart.step.value).toBeNull();
    chart.show({ from: 0, to: 100 }, 1000);
    chart.pointAt(Infinity, 700, 1000);
    expect(chart.step.value).toBe(700);
    expect(chart.range.value).toEqual({ from: 650, to: 750 });
    chart.pointAt(-5, 700, 1000);
    expect(chart.step.value).toBe(1);
  });
});
