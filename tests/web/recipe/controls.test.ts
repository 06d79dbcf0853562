import { expect, it } from 'vitest';
import { controlsOf, knownNames } from '../../../web/src/recipe/controls';
import { settings } from '../../../web/src/recipe/schema';

it('shows every setting of the engine exactly once', () => {
  const shown = [controlsOf(['model']), controlsOf(['training', 'watching'])].flatMap(
    ({ main, more }) => [...main, ...more],
  );
  expect(shown.map(({ name }) => name).sort()).toEqual(settings.map(({ name }) => name).sort());
});

it('knows no setting that the engine has not', () => {
  const names = settings.map(({ name }) => name);
  expect(knownNames.filter((name) => !names.includes(name))).toEqual([]);
});
