import { effect } from '@preact/signals';
import { beforeEach, expect, it } from 'vitest';
import type { TextState } from '../../../web/src/state/text-state';
import { file, Stage, story } from '../doubles/app';
import { until } from '../doubles/until';

const broken = Uint8Array.of(65, 255, 66);

let text: TextState;
let told: string[]; // every message, however short its life
let readings: number; // at how many of them another reading could be chosen
beforeEach(async () => {
  ({ text } = (await Stage.begin()).app);
  [told, readings] = [[], 0];
  effect(() => {
    if (text.error.value) told.push(text.error.value.message);
  });
  effect(() => {
    if (text.refused.value) readings++;
  });
});

it('of several files the faulty one is named from the first', async () => {
  const files = [file(story, 'a.txt'), file(broken, 'b.txt'), file(story, 'c.txt')];
  expect(await text.offerFiles(files)).toBe(false);
  expect(told).toEqual(['“b.txt”: The text is not valid UTF-8.']);
  expect(readings).toBe(1);
  expect(text.refused.value?.bytes).toEqual(broken);
  expect(text.text.value?.corpus).toBe('tiny-stories'); // the one before
  expect(text.reading.value).toBeNull();
});

it('mended, they are joined; of two faulty ones, the other is named then', async () => {
  await text.offerFiles([file(broken, 'a.txt'), file(story, 'b.txt'), file(broken, 'c.txt')]);
  const mend = () => text.refused.value!.offer(new TextEncoder().encode('A mended part.'), '');
  expect(await mend()).toBe(false);
  expect(await mend()).toBe(true);
  expect(told.map((message) => message.slice(0, 7))).toEqual(['“a.txt”', '“c.txt”']);
  expect(text.error.value).toBeNull();
  expect(text.refused.value).toBeNull();
  expect(text.text.value?.parts).toEqual(['a.txt', 'b.txt', 'c.txt']);
});

it('that are nothing together are told of as one text', async () => {
  expect(await text.offerFiles([file('', 'a.txt'), file('', 'b.txt')])).toBe(false);
  expect(told).toEqual(['The text is empty; it needs at least one character.']);
});

it('nothing is told of a text that another took the place of while its fault was sought', async () => {
  const first = text.offerFiles([file(story, 'a.txt'), file(broken, 'b.txt')]);
  await until(() => text.reading.value === 'a.txt and 1 more');
  const second = text.offerFile(file(story, 'fine.txt'));
  expect(await Promise.all([first, second])).toEqual([false, true]);
  expect(told).toEqual([]);
  expect(text.text.value?.name).toBe('fine.txt');
});
