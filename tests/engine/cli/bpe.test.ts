// A tokenizer that is learned from the text, from the command line's point of view.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flags, Folder, succeed } from './run';
import { small, text, trainRun } from './small';

const folder = new Folder();
afterAll(() => folder.remove());

const recipe = { ...small, tokenizer: 'bpe:300', steps: 60, lr: 1e-2, min_lr: 1e-3 };
let model: string;
beforeAll(() => {
  model = trainRun(folder, 'run', recipe, `${text}é`);
});

it('train gives a model of as many tokens', () => {
  expect(succeed('info', '--model', model, '--json').events[0]).toMatchObject({
    vocab_size: 300,
    recipe: { tokenizer: 'bpe:300' },
  });
});

it('train says where the text gives fewer', () => {
  const args = ['--text', folder.write('short.txt', 'to be or not to be. '.repeat(60))];
  const train = ['train', ...args, '--out', folder.at('short'), ...flags({ ...recipe, steps: 1 })];
  const { events } = succeed(...train, '--json');
  expect(events[0]).toEqual({
    event: 'vocabulary',
    asked: 300,
    found: expect.any(Number) as number,
  });
  const found = Number(events[0]!.found);
  expect(found).toBeGreaterThan(257);
  expect(found).toBeLessThan(300);
  expect(succeed(...train).stdout).toMatch(
    new RegExp(`^The text gives ${found} tokens, not 300: beyond these, no two `),
  );
});

it('a run that is stopped and resumed has the bits of one that was not', () => {
  const args = ['--text', folder.at('run.txt'), '--out', folder.at('part'), ...flags(recipe)];
  succeed('train', ...args, '--stop-at', '17');
  succeed('train', '--resume', folder.at('part'), '--out', folder.at('rest'), '--threads', '2');
  expect(readFileSync(folder.at('rest')).equals(readFileSync(model))).toBe(true);
});

it('sample reads and writes any text as whole characters', () => {
  const args = ['--prompt', '狐 é', '--tokens', '200', '--temperature', '3'];
  const { events } = succeed('sample', '--model', model, ...args, '--json');
  const { ids, text: written } = events[0] as unknown as { ids: number[]; text: string };
  expect(ids.some((id) => id > 255)).toBe(true);
  expect(Buffer.byteLength(written)).toBeGreaterThan(ids.length);
  expect(Buffer.from(written).toString()).toBe(written);
});

describe('eval', () => {
  // How many bytes the figures were measured on: those of all tokens but the first.
  it.each([
    ['a text that was learned', text],
    ['any other', '狐 and 42 façades\n'.repeat(20)],
  ])('tells nats a token in bits a byte: %s', (_, content) => {
    const args = ['--model', model, '--text', folder.write('eval.txt', content), '--json'];
    const { loss, bits_per_byte, tokens } = succeed('eval', ...args).events[0] as unknown as {
      [name: string]: number;
    };
    const bytes = Buffer.byteLength(content);
    expect(tokens).toBeLessThan(bytes - 1);
    const measured = (loss! * tokens!) / (bits_per_byte! * Math.LN2);
    expect(measured).toBeCloseTo(Math.round(measured), 6);
    expect(measured).toBeLessThan(bytes);
    expect(measured).toBeGreaterThan(bytes - 12);
  });
});
