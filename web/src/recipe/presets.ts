import type { Recipe } from './recipe';
import { defaultRecipe } from './schema';

export interface Preset {
  readonly key: string;
  readonly label: string;
  readonly help: string;
  readonly recipe: Recipe;
}

function preset(key: string, label: string, help: string, changes: Recipe): Preset {
  return { key, label, help, recipe: { ...defaultRecipe, ...changes } };
}

export const presets: readonly Preset[] = [
  preset('tiny', 'tiny', 'Seconds: enough for letters and the shape of words.', {
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
  preset('small', 'small', 'About a minute: words, and the beginnings of sentences.', {
    n_layer: 3,
    n_head: 4,
    n_embd: 96,
    block_size: 64,
    batch_size: 12,
    steps: 1500,
    lr: 0.002,
    min_lr: 0.0002,
    eval_every: 100,
  }),
  preset('nano', 'nanoGPT’s', 'The recipe nanoGPT gives for a processor, to compare with.', {}),
];

export const firstPreset = presets[1]!;

export function presetOf(recipe: Recipe | null): Preset | null {
  return presets.find((each) => recipe !== null && sameRecipe(each.recipe, recipe)) ?? null;
}

export function sameRecipe(a: Recipe, b: Recipe): boolean {
  return Object.keys({ ...a, ...b }).every((name) => a[name] === b[name]);
}
