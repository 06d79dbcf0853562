// How long a recipe takes, given how fast its steps are.
import type { Recipe } from './recipe';
import { settings } from './schema';

// All that the speed of a recipe's steps depends on.
const shapeNames = [
  ...settings.filter(({ group }) => group === 'model').map(({ name }) => name),
  'batch_size',
  'grad_accum_steps',
  'dropout',
  'optimizer',
];

export function shapeOf(recipe: Recipe, vocabSize: number): string {
  return [vocabSize, ...shapeNames.map((name) => recipe[name])].join(' ');
}

export function tokensPerStep(recipe: Recipe): number {
  const { block_size: block, batch_size: batch, grad_accum_steps: accumulated } = recipe;
  return Number(block) * Number(batch) * Number(accumulated);
}

// Forward costs half of what backward does.
const FORWARD_SHARE = 1 / 3;

// All of a run: its steps, and its evaluations on what is learned from and what is held out.
export function secondsInAll(recipe: Recipe, secondsPerStep: number): number {
  const steps = Number(recipe.steps);
  const every = Number(recipe.eval_every);
  const evaluations = 1 + Math.ceil(steps / every); // the first before any step
  const splits = Number(recipe.val_fraction) > 0 ? 2 : 1;
  const batch = (secondsPerStep / Number(recipe.grad_accum_steps)) * FORWARD_SHARE;
  return steps * secondsPerStep + evaluations * splits * Number(recipe.eval_batches) * batch;
}
