import { describe, expect, it } from 'vitest';
import { presetOf, presets, sameRecipe } from '../../../web/src/recipe/presets';
import { defaultRecipe, settings } from '../../../web/src/recipe/schema';

describe('presets', () => {
  it('have every setting of the engine, and no other', () => {
    const names = settings.map(({ name }) => name).sort();
    for (const { recipe } of presets) expect(Object.keys(recipe).sort()).toEqual(names);
  });

  it('are found again by their recipe', () => {
    for (const preset of presets) expect(presetOf({ ...preset.recipe })).toBe(preset);
    expect(presetOf({ ...defaultRecipe, seed: 2 })).toBeNull();
    expect(presetOf(null)).toBeNull();
  });
});

it('two recipes are the same where every setting is', () => {
  expect(sameRecipe(defaultRecipe, { ...defaultRecipe })).toBe(true);
  expect(sameRecipe(defaultRecipe, { ...defaultRecipe, n_layer: 5 })).toBe(false);
  expect(sameRecipe({}, { n_layer: 5 })).toBe(false);
});
