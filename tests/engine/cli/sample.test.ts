// sample: what decides the text, and what does not.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Folder, succeed } from './run';
import { small, text, trainRun } from './small';

const folder = new Folder();
let model: string;
beforeAll(() => {
  // Enough to prefer some tokens, too little to be sure of them.
  model = trainRun(folder, 'run', { ...small, steps: 60, lr: 1e-2, min_lr: 1e-3 });
});
afterAll(() => folder.remove());

const prompt = 'The ';
const sample = (...args: string[]) => {
  const { events } = succeed('sample', '--model', model, '--prompt', prompt, ...args, '--json');
  expect(events).toHaveLength(1);
  return events[0] as unknown as { event: string; ids: number[]; text: string };
};

it('prints ids and text', () => {
  const { ids, text: written, ...rest } = sample('--tokens', '10');
  expect(rest).toEqual({ event: 'sample' });
  // A token of a char model is a character of the training text, numbered in code point order.
  const characters = [...new Set(text)].sort();
  expect(ids).toHaveLength(10);
  expect(ids.map((id) => characters[id]).join('')).toBe(written);
});

it('without --json writes the prompt and what follows, and a line end', () => {
  const args = ['--model', model, '--prompt', prompt, '--tokens', '30'];
  expect(succeed('sample', ...args).stdout).toBe(`${prompt}${sample('--tokens', '30').text}\n`);
});

describe('the text', () => {
  const tokens = ['--tokens', '40'];
  const seeds = (...args: string[]) =>
    ['1', '2', '3'].map((seed) => sample(...tokens, '--seed', seed, ...args).text);

  it('is the same for the same seed, whatever the threads', () => {
    const again = ['1', '3'].map((threads) => sample(...tokens, '--threads', threads));
    expect(again).toEqual([sample(...tokens), sample(...tokens)]);
  });

  it('differs for other seeds', () => {
    expect(new Set(seeds('--temperature', '1')).size).toBe(3);
  });

  it.each([
    ['--temperature', '0'],
    ['--top-k', '1'],
    ['--top-p', '1e-9'],
  ])('is the likeliest with %s %s, whatever the seed', (...args) => {
    expect(new Set([sample(...tokens, '--temperature', '0').text, ...seeds(...args)]).size).toBe(1);
  });

  it('is longer than the context where it is asked to be, and begins the same', () => {
    const { text: long } = sample('--tokens', `${10 * small.block_size}`);
    expect(long).toHaveLength(10 * small.block_size);
    expect(long.startsWith(sample('--tokens', '12').text)).toBe(true);
  });

  it('follows a prompt that is longer than the context', () => {
    const args = ['--tokens', '20', '--prompt', text.slice(0, 5 * small.block_size)];
    const { events } = succeed('sample', '--model', model, ...args, '--json');
    expect(events[0]!.text).toHaveLength(20);
  });

  it('needs no prompt', () => {
    const { events } = succeed('sample', '--model', model, '--tokens', '20', '--json');
    expect(events[0]!.text).toHaveLength(20);
  });
});

it('a byte model reads and writes any text as whole characters', () => {
  const run = trainRun(folder, 'bytes', { ...small, tokenizer: 'byte' });
  const args = ['--prompt', '狐 é', '--tokens', '50', '--temperature', '3'];
  const { events } = succeed('sample', '--model', run, ...args, '--json');
  const { ids, text: written } = events[0] as unknown as { ids: number[]; text: string };
  expect(new TextDecoder().decode(Uint8Array.from(ids))).toBe(written);
});
