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

it('helps with each in two sentences: what it does, and when to change it', () => {
  const sentences = (help: string) => help.match(/\.(?= [A-Z]|$)/g)?.length ?? 0;
  expect(settings.filter(({ help }) => sentences(help) !== 2).map(({ name }) => name)).toEqual([]);
});
