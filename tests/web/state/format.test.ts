import { describe, expect, it } from 'vitest';
import * as format from '../../../web/src/state/format';

describe('format', () => {
  it.each([
    [0, '0'],
    [1240, '1,240'],
    [1e7, '10,000,000'],
    [NaN, '–'],
    [null, '–'],
  ])('counts %s as %s', (value, text) => expect(format.formatCount(value)).toBe(text));

  it.each([
    [8.2961, '8.30'],
    [-0.1, '-0.100'],
    [998.6, '999'],
    [999.6, '1.00e+3'],
    [0.0009132, '9.13e-4'],
    [0, '0'],
    [NaN, '–'],
    [null, '–'],
  ])('a magnitude of %s is %s', (value, text) => expect(format.formatMagnitude(value)).toBe(text));

  it.each([
    [1.6094, '1.609'],
    [12, '12.000'],
    [NaN, '–'],
    [null, '–'],
    [9999.4, '9999.400'],
    [25_934_839.2, '2.59e+7'],
  ])('a loss of %s is %s', (value, text) => expect(format.formatLoss(value)).toBe(text));

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [312_000, '312 kB'],
    [12_340_000, '12.3 MB'],
    [4 * 2 ** 30, '4.29 GB'],
  ])('%s bytes are %s', (value, text) => expect(format.formatBytes(value)).toBe(text));

  it('writes parameters as millions', () => {
    expect(format.formatMillions(337_000)).toBe('337 k');
    expect(format.formatMillions(1_234_567)).toBe('1.23 M');
  });

  it.each([
    [0.0009132, '9.13e-4'],
    [NaN, '–'],
    [null, '–'],
  ])('a rate of %s is %s', (value, text) => expect(format.formatRate(value)).toBe(text));

  it.each([
    [1, '100 %'],
    [0.618, '62 %'],
    [0.0312, '3.1 %'],
    [0.0004, '<0.1 %'],
    [NaN, '–'],
  ])('a probability of %s is %s', (value, text) => expect(format.formatChance(value)).toBe(text));

  it.each([
    [0.000_45, '0.45 ms'],
    [0.0123, '12 ms'],
    [0.999, '1000 ms'],
    [1.26, '1.3 s'],
    [34.6, '35 s'],
    [NaN, '–'],
  ])('a step of %s seconds takes %s', (value, text) =>
    expect(format.formatStepTime(value)).toBe(text),
  );

  it.each([
    [0.2, '1 s'],
    [59, '59 s'],
    [120, '2 min'],
    [5400, '1.5 h'],
    [3 * 86400, '3 d'],
    [NaN, '–'],
    [-1, '–'],
  ])('%s seconds are %s', (value, text) => expect(format.formatDuration(value)).toBe(text));

  it.each([
    ['tiny stories', 12, 'tiny-stories-step-12.safetensors'],
    ['My Book.txt', 0, 'my-book-step-0.safetensors'],
    ['../../etc/passwd', 1, 'etc-passwd-step-1.safetensors'],
    ['源氏物語.txt', 1, '源氏物語-step-1.safetensors'],
    ['***', 5, 'run-step-5.safetensors'],
  ])('the run of “%s” at step %i is saved as %s', (name, step, file) =>
    expect(format.fileName(name, step)).toBe(file),
  );
});
