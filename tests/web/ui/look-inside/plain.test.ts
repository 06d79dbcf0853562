import { expect, it } from 'vitest';
import { instantiated } from '../../../../web/src/ui/look-inside/instantiated';
import { plain } from '../../../../web/src/ui/look-inside/plain';

it.each([
  [0, '0.00'],
  [0.5, '0.500'],
  [-0.01234, '−0.0123'],
  [12.345, '12.3'],
  [12345.6, '12346'],
  [1e5, '1.00e+5'],
  [-1.23456e-7, '−1.23e−7'],
  [NaN, '–'],
])('%s is read as %s', (value, words) => {
  expect(plain(value)).toBe(words);
});

it('a formula has the numbers in it, negative ones in brackets where a sign would meet a sign', () => {
  const inputs = [-1.5, 2, -0.25].map((value) => ({ name: '', value }));
  expect(instantiated('({0} − {2}) × {1}', inputs)).toBe('(−1.50 − (−0.250)) × 2.00');
  expect(instantiated('max({0}, 0)²', inputs)).toBe('max(−1.50, 0)²');
  expect(instantiated('{0} / 2 × {0}³', inputs)).toBe('−1.50 / 2 × (−1.50)³');
});
