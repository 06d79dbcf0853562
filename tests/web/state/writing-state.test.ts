import { beforeEach, expect, it } from 'vitest';
import type { WrittenToken } from '../../../web/src/protocol/to-page';
import { WritingState } from '../../../web/src/state/writing-state';

let writing: WritingState;
beforeEach(() => void (writing = new WritingState()));

const token = (text: string): WrittenToken => ({
  text,
  probability: 0.5,
  alternatives: [{ text, probability: 0.5 }],
});
const began = (writingId: number, written = '') =>
  writing.receive({
    ...{ type: 'writing-began', runId: 1, writingId, step: writingId, prompt: 'A' },
    ...{ written, asked: true },
  });
const grew = (writingId: number, ...texts: string[]) =>
  writing.receive({ type: 'writing-grew', runId: 1, writingId, tokens: texts.map(token) });
const ended = (writingId: number) =>
  writing.receive({ type: 'writing-ended', runId: 1, writingId, error: null });
const details = () => writing.writings.value.map(({ detailed }) => detailed.value);

it('a text grows token by token', () => {
  began(1);
  grew(1, ' fox', '');
  grew(1, ' sat');
  const [first] = writing.writings.value;
  expect(first?.text.value).toBe(' fox sat');
  expect(first?.tokens.map(({ text }) => text)).toEqual([' fox', '', ' sat']);
  expect(writing.busy.value).toBe(true);
  ended(1);
  expect(writing.busy.value).toBe(false);
});

it('one that goes on with another takes its place at the top', () => {
  began(1);
  grew(1, ' fox');
  ended(1);
  began(2);
  ended(2);
  began(3, ' fox');
  grew(3, ' sat');
  expect(writing.writings.value.map(({ key }) => key)).toEqual(['1-3', '1-2']);
  expect(writing.writings.value[0]?.text.value).toBe(' fox sat');
  expect(details()).toEqual([2, 0]);
});

it('of a very long text only the beginning keeps its alternatives, and no text is lost', () => {
  began(1);
  grew(1, ...Array.from({ length: 3500 }, () => 'x'));
  grew(1, 'y');
  const [first] = writing.writings.value;
  expect(first?.text.value).toBe('x'.repeat(3500) + 'y');
  expect(first?.tokens).toHaveLength(3000);
});

it('the history is bounded: 200 texts, and the oldest keep their text alone', () => {
  for (let id = 1; id <= 210; id++) {
    began(id);
    grew(id, ...Array.from({ length: 240 }, () => 'x'));
    ended(id);
  }
  const texts = writing.writings.value;
  expect(texts).toHaveLength(200);
  expect(texts.every(({ text }) => text.value.length === 240)).toBe(true);
  const all = details().reduce((sum, count) => sum + count, 0);
  expect(all).toBeLessThanOrEqual(6240);
  expect(all).toBeGreaterThan(5000);
  expect(details().at(0)).toBe(240);
  expect(details().at(-1)).toBe(0);
});
