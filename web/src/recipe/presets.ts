import type { Recipe } from './recipe';
import { differences } from './schedule';
import { architectures, defaultRecipe } from './schema';

export interface Preset {
  readonly key: string;
  readonly label: string;
  readonly help: string;
  readonly recipe: Recipe;
}

function preset(key: string, label: string, help: string, changes: Recipe): Preset {
  return { key, label, help, recipe: { ...defaultRecipe, ...changes } };
}

const small: Recipe = {
  n_layer: 3,
  n_head: 4,
  n_embd: 96,
  block_size: 64,
  batch_size: 12,
  steps: 1500,
  lr: 0.002,
  min_lr: 0.0002,
  eval_every: 100,
};

export const presets: readonly Preset[] = [
  preset('tiny', 'tiny', 'Enough for letters and the shape of words.', {
    n_layer: 2,
    n_head: 2,
    n_embd: 48,
    block_size: 32,
    batch_size: 16,
    steps: 1000,
    lr: 0.003,
    min_lr: 0.0003,
    eval_every: 100,
  }),
  preset('tasks', 'for tasks', 'Half a minute: the rule of a short task, such as sorting digits.', {
    n_layer: 2,
    n_head: 4,
    n_embd: 64,
    block_size: 64,
    batch_size: 16,
    steps: 2000,
    lr: 0.003,
    min_lr: 0.0003,
    eval_every: 100,
    eval_batches: 5,
  }),
  preset('small', 'small', 'Words, and the beginnings of sentences.', small),
  preset('gpt2', 'small GPT-2', 'The small one with GPT-2’s architecture: biases all over.', {
    ...small,
    ...architectures.gpt2,
  }),
  preset(
    'llama',
    'small Llama',
    'The small one with Llama’s architecture: RMSNorm, SwiGLU, rotary positions, a head of its own.',
    { ...small, ...architectures.llama },
  ),
  preset('nano', 'nanoGPT’s', 'The recipe nanoGPT gives for a processor, to compare with.', {}),
  preset('large', 'large', 'Sentences that hang together, from a text of a megabyte.', {
    n_layer: 6,
    n_head: 6,
    n_embd: 192,
    block_size: 128,
    batch_size: 16,
    steps: 3000,
    dropout: 0.1,
  }),
  preset('largest', 'largest', 'The width and depth of nanoGPT’s Shakespeare, for a long night.', {
    n_layer: 6,
    n_head: 6,
    n_embd: 384,
    block_size: 256,
    batch_size: 12,
    steps: 5000,
    dropout: 0.2,
  }),
];

export const firstPreset = presets.find(({ key }) => key === 'small')!;

export function presetOf(recipe: Recipe | null): Preset | null {
  return presets.find((each) => recipe !== null && sameRecipe(each.recipe, recipe)) ?? null;
}

export function sameRecipe(a: Recipe, b: Recipe): boolean {
  return differences(a, b).length === 0;
}
