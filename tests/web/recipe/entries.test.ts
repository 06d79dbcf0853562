import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEntries, readEntry, sizeOf, toEntries } from '../../../web/src/recipe/entries';
import { presets } from '../../../web/src/recipe/presets';
import { settings, settingOf, type Setting } from '../../../web/src/recipe/schema';

const layers = settingOf('n_layer')!;
const rate = settingOf('lr')!;
const dropout = settingOf('dropout')!;

describe('readEntry', () => {
  it.each([
    [layers, ' 3 ', 3],
    [rate, '1e-3', 0.001],
    [dropout, '.1', 0.1],
  ] as [Setting, string, number][])('reads %o from "%s"', (setting, entry, value) => {
    expect(readEntry(setting, entry)).toEqual({ value, error: null });
  });

  it.each([
    [layers, ''],
    [layers, 'many'],
    [layers, '0'],
    [layers, '-2'],
    [layers, '1.5'],
    [layers, '1e99'],
    [layers, 'Infinity'],
    [rate, '-1'],
    [dropout, '1'], // its range leaves its upper end out
  ] as [Setting, string][])('says what is wrong with %o as "%s"', (setting, entry) => {
    const { value, error } = readEntry(setting, entry);
    expect(value).toBeNull();
    expect(error).toContain(setting.label);
    expect(error).toContain(String(setting.max));
    if (entry) expect(error).toContain(entry);
  });

  const tokenizer = settingOf('tokenizer')!;

  it.each([
    ['char', 'char'],
    [' bpe:512 ', 'bpe:512'],
    ['bpe: 1e3', 'bpe:1000'],
    ['bpe:257', 'bpe:257'],
    ['bpe:65536', 'bpe:65536'],
  ])('reads a choice, and one with its number: "%s"', (entry, value) => {
    expect(readEntry(tokenizer, entry)).toEqual({ value, error: null });
  });

  it.each(['bpe', 'bpe:', 'bpe:256', 'bpe:65537', 'bpe:3.5', 'bpe:many', 'byte:512', 'word', ''])(
    'says which choices there are where "%s" is none',
    (entry) => {
      const { value, error } = readEntry(tokenizer, entry);
      expect(value).toBeNull();
      expect(error).toBe(
        `Tokens is “${entry}”; it must be one of char, byte, bpe:N with N a whole number from 257 ` +
          'up to 65536.',
      );
    },
  );

  it('tells the number of a choice from the choice', () => {
    expect(sizeOf(tokenizer, 'bpe:51x')).toBe('51x');
    expect(sizeOf(tokenizer, 'char')).toBeNull();
    expect(sizeOf(layers, 'bpe:512')).toBeNull();
  });

  it('never lets through a number that the schema forbids', () => {
    const numbers = settings.filter(({ type }) => type === 'integer' || type === 'number');
    fc.assert(
      fc.property(
        fc.constantFrom(...numbers),
        fc.oneof(fc.double(), fc.string()),
        (setting, raw) => {
          const { value } = readEntry(setting, String(raw));
          if (value === null) return;
          const { min = NaN, max = NaN } = setting;
          expect(value).toBeGreaterThanOrEqual(min);
          expect(value).toBeLessThanOrEqual(max);
          if (setting.type === 'integer') expect(Number.isInteger(value)).toBe(true);
        },
      ),
    );
  });
});

describe('readEntries', () => {
  it('gives back every preset as it was', () => {
    for (const { recipe } of presets) {
      expect(readEntries(toEntries(recipe))).toEqual({ recipe, errors: {} });
    }
  });

  it('has no recipe while one entry is wrong, and names each that is', () => {
    const entries = { ...toEntries(presets[0]!.recipe), n_layer: '0', lr: '' };
    const { recipe, errors } = readEntries(entries);
    expect(recipe).toBeNull();
    expect(Object.keys(errors).sort()).toEqual(['lr', 'n_layer']);
  });
});
