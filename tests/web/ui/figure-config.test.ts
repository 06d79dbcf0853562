import { expect, it } from 'vitest';
import { levels } from '../../../web/src/ui/loss-panel/figure-config';

it('a logarithmic scale has lines at ones, twos and fives', () => {
  expect(levels(0.9, 7)).toEqual([1, 2, 5]);
  expect(levels(0.04, 2)).toEqual([0.05, 0.1, 0.2, 0.5, 1, 2]);
  expect(levels(1e-6, 1e-5)).toEqual([1e-6, 2e-6, 5e-6, 1e-5]);
  expect(levels(2.1, 2.3)).toEqual([]); // too close for them
});
