import { expect, it } from 'vitest';
import { bitsPerByte } from '../../../web/src/state/run-state';

it('a nat is 1 / ln 2 bits, a token as many bytes as the held-out part says', () => {
  expect(bitsPerByte(Math.LN2, { val_tokens: 50, val_bytes: 50 })).toBeCloseTo(1);
  expect(bitsPerByte(3, { val_tokens: 100, val_bytes: 250 })).toBeCloseTo(3 / 2.5 / Math.LN2);
});

it('there is none where nothing is held out', () => {
  expect(bitsPerByte(NaN, { val_tokens: 0, val_bytes: 0 })).toBeNaN();
});
