import type { Recipe } from '../recipe/recipe';

// A run in a few words: "tiny stories · 4×128 · seed 7".
export function recipeTitle(text: string, recipe: Recipe): string {
  return `${text} · ${recipe.n_layer}×${recipe.n_embd} · seed ${recipe.seed}`;
}
