// The recipes that are measured: the one place that lists them.

const recipe = (n_layer, n_head, n_embd, block_size, batch_size) => ({
  n_layer,
  n_head,
  n_embd,
  block_size,
  batch_size,
});

// `peers`: NumPy and jax-js take minutes at the large ones.
export const recipes = {
  seed: { recipe: recipe(4, 4, 128, 64, 1), peers: ['numpy', 'torch', 'jax'] },
  nano: { recipe: recipe(4, 4, 128, 64, 12), peers: ['numpy', 'torch', 'jax'] },
  tiny: { recipe: recipe(2, 4, 64, 32, 8), peers: ['numpy', 'torch', 'jax'] },
  baby: { recipe: recipe(6, 6, 384, 256, 8), peers: ['torch'] },
  wide: { recipe: recipe(4, 12, 768, 128, 2), peers: ['torch'] },
};

/** The characters of the random text that the engine trains on while it is measured. */
export const vocabSize = 65;

export const flopsFormula = `FLOP a step = 6 N (12 L C^2 + V C) + 6 L N (T + 1) C,  N = B T
Matrix products only, a multiplication and an addition counted as two; forward once, backward twice;
attention over the positions that a query sees. What is computed again in backward does not count.`;

/** What the formula gives; the report compares it with what the engine says (train/cost.h). */
export function flopsPerStep({ n_layer: L, n_embd: C, block_size: T, batch_size: B }) {
  const N = B * T;
  return 6 * N * (12 * L * C * C + vocabSize * C) + 6 * L * N * (T + 1) * C;
}
