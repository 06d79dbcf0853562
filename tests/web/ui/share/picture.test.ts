import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ticks } from '../../../../web/src/ui/share/picture/draw-curve';
import { wrapRuns, type Run } from '../../../../web/src/ui/share/picture/wrap';

const plain = (text: string): Run => ({ text, strong: false });
const measure = ({ text, strong }: Run) => [...text].length * (strong ? 2 : 1);
const lines = (runs: Run[], width: number, most = 99) =>
  wrapRuns(runs, width, most, measure).map((line) => line.map(({ text }) => text).join(''));

describe('wrapRuns', () => {
  it('breaks at spaces, and keeps the ends of lines that are there', () => {
    expect(lines([plain('Once the fox had a boat.\nThe end.')], 9)).toEqual([
      'Once the ',
      'fox had a ',
      'boat.',
      'The end.',
    ]);
  });

  it('breaks a word only where a line is too short for it', () => {
    expect(lines([plain('a abcdefgh')], 4)).toEqual(['a ', 'abcd', 'efgh']);
  });

  it('goes on in a line with text of another weight', () => {
    const [line] = wrapRuns([{ text: 'Once', strong: true }, plain(' upon')], 20, 3, measure);
    expect(line).toEqual([{ text: 'Once', strong: true }, plain(' '), plain('upon')]);
  });

  it('says that there is more', () => {
    expect(lines([plain('one two three four')], 6, 2)).toEqual(['one ', 'two…']);
    expect(lines([plain('one two')], 20, 2)).toEqual(['one two']);
  });

  it('never gives more lines than asked for, or wider ones but for spaces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ text: fc.string({ unit: 'grapheme' }), strong: fc.boolean() })),
        fc.integer({ min: 3, max: 30 }),
        fc.integer({ min: 1, max: 8 }),
        (runs, width, most) => {
          const wrapped = wrapRuns(runs, width, most, measure);
          expect(wrapped.length).toBeLessThanOrEqual(most);
          for (const line of wrapped) {
            const text = line.map(({ text }) => text).join('');
            const sum = line.reduce((sum, run) => sum + measure(run), 0);
            const spaces = text.length - text.trimEnd().length;
            expect(sum - 2 * spaces).toBeLessThanOrEqual(width + 2);
          }
        },
      ),
    );
  });
});

describe('ticks', () => {
  it.each([
    [4.6, 6, [0, 1, 2, 3, 4]],
    [1500, 5, [0, 500, 1000, 1500]],
    [20, 5, [0, 5, 10, 15, 20]],
    [0.9, 6, [0, 0.2, 0.4, 0.6, 0.8]],
  ])('up to %s are round', (top, most, expected) => {
    ticks(top, most).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 9));
    expect(ticks(top, most)).toHaveLength(expected.length);
  });
});
