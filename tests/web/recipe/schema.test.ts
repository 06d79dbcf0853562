import { expect, it } from 'vitest';
import { defaultRecipe, recipeFrom } from '../../../web/src/recipe/schema';

it('the engine leaves later settings out at their defaults, where they stand all the same', () => {
  expect(recipeFrom('{}')).toEqual(defaultRecipe);
  expect(recipeFrom('{"n_layer":7,"position":"none"}')).toEqual({
    ...defaultRecipe,
    n_layer: 7,
    position: 'none',
  });
});
