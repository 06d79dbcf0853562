import { expect, it } from 'vitest';
import {
  firstOptions,
  readOptions,
  readStop,
  shownStop,
} from '../../../web/src/recipe/sample-options';

it.each([
  ['\\n\\n', '\n\n'],
  ['. ', '. '],
  ['', ''],
])('the stop text %j is read as %j, and shown as it was typed', (typed, stop) => {
  expect(readStop(typed)).toBe(stop);
  expect(shownStop(stop)).toBe(typed);
});

it('what stands there at first is a way to write, with as many alternatives as are kept', () => {
  expect(readOptions(firstOptions)).toEqual({
    options: { temperature: 0.8, top_k: 0, top_p: 1, seed: 1, max_tokens: 300, alternatives: 6 },
    error: null,
  });
});
