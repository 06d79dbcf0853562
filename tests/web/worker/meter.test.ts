import { describe, expect, it } from 'vitest';
import { Meter } from '../../../web/src/worker/meter';

describe('Meter', () => {
  it('counts tokens over the time of the steps alone, and steps over all time', () => {
    const meter = new Meter(0);
    meter.step(1000, 0, 100);
    meter.step(1000, 300, 400); // 200 ms went to something else
    expect(meter.tokensPerSecond).toBeCloseTo(2000 / 0.2, 6);
    expect(meter.secondsFor(10)).toBeCloseTo(10 * 0.2, 6);
  });

  it('knows nothing before the first step', () => {
    const meter = new Meter(0);
    expect(meter.tokensPerSecond).toBeNaN();
    expect(meter.secondsFor(10)).toBeNaN();
  });

  it('follows a change of speed once the window has passed', () => {
    const meter = new Meter(0);
    let now = 0;
    for (; now < 20_000; now += 10) meter.step(1, now, now + 10);
    for (; now < 40_000; now += 100) meter.step(1, now, now + 100);
    expect(meter.tokensPerSecond).toBeCloseTo(10, 0);
  });

  it('keeps steady while very many tiny steps thin out its marks', () => {
    const meter = new Meter(0);
    for (let i = 0; i < 5000; i++) meter.step(3, i, i + 1);
    expect(meter.tokensPerSecond).toBeCloseTo(3000, 6);
  });
});
