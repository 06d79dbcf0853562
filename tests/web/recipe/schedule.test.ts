import { expect, it } from 'vitest';
import { differences, readPastSchedules, scheduleNames } from '../../../web/src/recipe/schedule';
import { defaultRecipe, settings } from '../../../web/src/recipe/schema';

it('names settings that the engine has', () => {
  const names = settings.map(({ name }) => name);
  expect(scheduleNames.filter((name) => !names.includes(name))).toEqual([]);
});

it('finds what differs', () => {
  expect(differences(defaultRecipe, { ...defaultRecipe, lr: 7, seed: 9 })).toEqual(['lr', 'seed']);
  expect(differences(defaultRecipe, { ...defaultRecipe })).toEqual([]);
});

it('reads what the engine says of earlier schedules', () => {
  expect(readPastSchedules('[]')).toEqual([]);
  expect(
    readPastSchedules('[{"until":4,"steps":12,"lr":0.01,"min_lr":0.001,"grad_clip":1}]'),
  ).toEqual([{ until: 4, steps: 12, lr: 0.01, minLr: 0.001, gradClip: 1 }]);
});
