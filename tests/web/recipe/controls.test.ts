import { describe, expect, it } from 'vitest';
import { controlsOf, idleBecause, knownNames } from '../../../web/src/recipe/controls';
import { toEntries } from '../../../web/src/recipe/entries';
import { defaultRecipe, settingOf, settings } from '../../../web/src/recipe/schema';

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

describe('a setting without effect', () => {
  const why = (name: string, changes = {}) =>
    idleBecause(settingOf(name)!, toEntries({ ...defaultRecipe, ...changes }));

  it('says which other makes it so', () => {
    expect(why('momentum')).toBe('No effect while Optimizer is adamw.');
    expect(why('momentum', { optimizer: 'muon' })).toBeNull();
    expect(why('beta1', { optimizer: 'sgd' })).toBe('No effect while Optimizer is sgd.');
    expect(why('min_lr', { schedule: 'constant' })).toBe('No effect while Schedule is constant.');
    expect(why('decay_fraction', { schedule: 'wsd' })).toBeNull();
  });

  it('is none of those that depend on no other', () => {
    const free = settings.filter((setting) => !setting.with).map(({ name }) => name);
    expect(free).toContain('lr');
    for (const name of free) expect(why(name, { optimizer: 'sgd' })).toBeNull();
  });
});
