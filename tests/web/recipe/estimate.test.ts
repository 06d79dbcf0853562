import { describe, expect, it } from 'vitest';
import { secondsInAll, shapeOf, tokensPerStep } from '../../../web/src/recipe/estimate';
import { defaultRecipe } from '../../../web/src/recipe/schema';

const recipe = {
  ...defaultRecipe,
  ...{ steps: 100, eval_every: 40, eval_batches: 3, grad_accum_steps: 2, val_fraction: 0.1 },
  ...{ batch_size: 4, block_size: 8 },
};

describe('secondsInAll', () => {
  it('is that of the steps, and of the forward passes of the evaluations', () => {
    // Evaluations at 0, 40, 80 and 100, of 3 batches on each of two splits, half a step's each.
    expect(secondsInAll(recipe, 0.6)).toBeCloseTo(100 * 0.6 + 4 * 6 * (0.3 / 3));
    const all = { ...recipe, val_fraction: 0 };
    expect(secondsInAll(all, 0.6)).toBeCloseTo(100 * 0.6 + 4 * 3 * (0.3 / 3));
  });
});

it('a step reads every token of its batches', () => expect(tokensPerStep(recipe)).toBe(64));

it('the shape is all that speed depends on, and nothing else', () => {
  const shape = shapeOf(recipe, 65);
  expect(shapeOf({ ...recipe, steps: 5, seed: 2, lr: 1, eval_every: 7 }, 65)).toBe(shape);
  expect(shapeOf(recipe, 66)).not.toBe(shape);
  for (const name of [
    'n_layer',
    'n_embd',
    'block_size',
    'position',
    'batch_size',
    'dropout',
    'optimizer',
  ]) {
    expect(shapeOf({ ...recipe, [name]: 77 }, 65)).not.toBe(shape);
  }
});
