import { expect, it } from 'vitest';
import { referenceLines, spread } from '../../../web/src/ui/loss-panel/reference-lines';

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
