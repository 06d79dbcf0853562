import { expect, it } from 'vitest';
import {
  placeOnLine,
  referenceLines,
  spread,
} from '../../../web/src/ui/loss-panel/reference-lines';

it('the lines are blind guessing, token frequencies and token pairs', () => {
  const lines = referenceLines({ vocab_size: 61, unigram_entropy: 2.9, bigram_entropy: 2.2 });
  expect(lines.map(({ label }) => label)).toEqual([
    `ln V ${Math.log(61).toFixed(2)}`,
    'unigram 2.90',
    'bigram 2.20',
  ]);
});

it('labels that would cover each other move down, others stay', () => {
  expect(spread([10, 100, 105, 106, 200])).toEqual([10, 100, 114, 128, 200]);
});

it('a name stands to the right, unless a curve runs there, and never off the plot', () => {
  const plot = { left: 40, right: 340 };
  const flat = (from: number) => [
    { x: 40, y: 10 },
    { x: from, y: 100 },
    { x: 340, y: 102 },
  ];
  expect(placeOnLine(100, 80, plot, [])).toMatchObject({ left: 260, top: 93, width: 80 });
  expect(placeOnLine(160, 80, plot, [flat(200)]).left).toBe(260);
  const beside = placeOnLine(100, 80, plot, [flat(180)]);
  expect(beside.left + beside.width).toBeLessThan(180);
  expect(beside.left).toBeGreaterThanOrEqual(plot.left);
  expect(placeOnLine(100, 80, plot, [flat(60)]).left).toBe(260); // there is no place
});
