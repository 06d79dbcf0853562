import { expect, it } from 'vitest';
import { shadeOf } from '../../../web/src/ui/writing-panel/WrittenTokens';

it('the less likely a token was, the darker its shade', () => {
  expect([1, 0.7, 0.5, 0.2, 0.1, 0.03, 0.001, 0].map(shadeOf)).toEqual([0, 0, 1, 2, 3, 4, 5, 5]);
});
