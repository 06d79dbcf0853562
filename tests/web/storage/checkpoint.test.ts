import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultRecipe } from '../../../web/src/recipe/schema';
import { summarise } from '../../../web/src/storage/checkpoint';
import { makeCurve, MOST_POINTS } from '../../../web/src/storage/curve';
import { writeFile } from '../doubles/run-file';

const recipe = { ...defaultRecipe, seed: 5 } as unknown as Parameters<
  typeof writeFile
>[0]['recipe'];
const file = writeFile({
  recipe,
  past: [],
  text: 'A fox.',
  step: 3,
  losses: [4, 3.5, 3],
  evals: [
    [0, 4, 4.25],
    [3, 3, 3.25],
  ],
});

describe('of a checkpoint’s file', () => {
  it('step, recipe and curve are read', () => {
    const summary = summarise(file)!;
    expect(summary.step).toBe(3);
    expect(summary.recipe.seed).toBe(5);
    expect([...summary.curve.losses]).toEqual([4, 3.5, 3]);
    expect([...summary.curve.evalSteps]).toEqual([0, 3]);
    expect([...summary.curve.valLosses]).toEqual([4.25, 3.25]);
  });

  it('nothing is believed that is not there, whatever the bytes are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 4 }),
        fc.nat(file.length),
        (changes, length) => {
          const damaged = file.slice(0, length);
          for (const [at, byte] of changes) if (at < length) damaged[at] = byte;
          const summary = summarise(damaged);
          if (summary) expect(summary.curve.losses.length).toBe(summary.step);
        },
      ),
    );
  });

  it('a header that claims to be endless is not read', () => {
    const endless = file.slice();
    new DataView(endless.buffer).setBigUint64(0, 2n ** 63n, true);
    expect(summarise(endless)).toBeNull();
  });
});

describe('a curve', () => {
  const none = { steps: [], trainLosses: [], valLosses: [] };

  it('of many steps is thinned to their means, and ends where the run does', () => {
    const losses = Float32Array.from({ length: 123_457 }, (_, i) => i);
    const { steps, losses: means } = makeCurve(losses, none);
    expect(steps.length).toBeLessThanOrEqual(MOST_POINTS);
    expect(steps.at(-1)).toBe(123_457);
    expect(means[0]).toBe((steps[0]! - 1) / 2);
  });

  it('of many evaluations keeps the first and the last', () => {
    const steps = Array.from({ length: 5000 }, (_, i) => i * 10);
    const { evalSteps } = makeCurve([], { steps, trainLosses: steps, valLosses: steps });
    expect(evalSteps).toHaveLength(MOST_POINTS);
    expect([evalSteps[0], evalSteps.at(-1)]).toEqual([0, 49_990]);
  });
});
