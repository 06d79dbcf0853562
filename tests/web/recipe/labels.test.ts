import { expect, it } from 'vitest';
import { withLabels } from '../../../web/src/recipe/labels';

it.each([
  ['n_embd is 15, which n_head 4 does not divide.', 'Width is 15, which Heads 4 does not divide.'],
  ['min_lr is 2, above lr 1.', 'Final rate is 2, above Learning rate 1.'],
  ['A smaller block_size.', 'A smaller Context.'],
  ['The steps and my_own words stay.', 'The steps and my_own words stay.'],
])('%j is shown as %j', (sentence, shown) => expect(withLabels(sentence)).toBe(shown));
