// Hugging Face's tokenizers read tokenizer.json as our engine reads a text.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Folder, flags, succeed } from './run';
import { tokensOf } from './safetensors';
import { characters, strings as manyStrings, words } from './strings';

const STRINGS = 1_000;
const BLOCK = 4_000;

const folder = new Folder();
afterAll(() => folder.remove());

const strings = manyStrings(STRINGS);
// JavaScript's \s has U+FEFF, where Unicode's White_Space, which the expression is of elsewhere, has
// it not: `characters` has it, for other kinds.
const spacesAlike = (text: string) => text.replaceAll('\ufeff', '');
// Trains a model of one step on such tokens, and gives it to Hugging Face's tokenizers.
function made(
  kind: string,
  block = BLOCK,
): { tokenizer: Tokenizer; ours: (text: string) => number[] } {
  const recipe = {
    ...{ tokenizer: kind, n_layer: 1, n_head: 1, n_embd: 1, block_size: block },
    ...{ batch_size: 1, steps: 1, val_fraction: 0, eval_batches: 1 },
  };
  const every = `-${characters.join('')}`.repeat(BLOCK / 100);
  const text = folder.write('text.txt', every + words);
  const [run, out] = [folder.at('run'), folder.at('hf')];
  succeed('train', '--text', text, '--out', run, ...flags(recipe));
  succeed('export', '--model', run, '--to', 'hf', '--out', out);
  const parse = (name: string) => JSON.parse(readFileSync(join(out, name), 'utf8')) as object;
  return {
    tokenizer: new Tokenizer(parse('tokenizer.json'), parse('tokenizer_config.json')),
    // Of a text of two tokens at least.
    ours(text) {
      const [file, logits] = [folder.write('some.txt', text), folder.at('logits')];
      succeed('eval', '--model', run, '--text', file, '--logits', logits);
      return tokensOf(logits);
    },
  };
}

describe.each(['char', 'byte'])('of kind %s', (kind) => {
  let { tokenizer, ours }: ReturnType<typeof made> = {} as never;
  beforeAll(() => ({ tokenizer, ours } = made(kind)));

  it(`gives the same tokens for ${STRINGS} strings, and the strings for the tokens`, () => {
    const most = 20; // strings that fit into a passage, four bytes a character
    for (let i = 0; i < STRINGS; i += most) {
      const some = strings.slice(i, i + most);
      const theirs = some.map((text) => tokenizer.encode(text).ids);
      // Our tokens of one string follow those of the string before, whatever stands between.
      expect(theirs.flat()).toEqual(ours(`-${some.join('')}`).slice(1));
      expect(theirs.map((ids) => tokenizer.decode(ids))).toEqual(some);
    }
  });

  it('gives the same tokens for a long text', () => {
    const text = [...strings.slice(0, 60).join('\n')].slice(0, 900).join('');
    expect(tokenizer.encode(text).ids).toEqual(ours(`-${text}`).slice(1));
  });
});

describe('of kind bpe', () => {
  let { tokenizer, ours }: ReturnType<typeof made> = {} as never;
  beforeAll(() => ({ tokenizer, ours } = made('bpe:700', 1_200)));

  // A process each: what stands before a string decides its tokens.
  it(`gives the same tokens for ${STRINGS} strings, and back`, { timeout: 120_000 }, () => {
    for (const [i, letters] of strings.entries()) {
      const text = ['-', ' ', 'a', '1', '\n'][i % 5]! + spacesAlike(letters);
      const { ids } = tokenizer.encode(text);
      if (ids.length < 2) continue; // fewer than eval takes
      expect([text, ids]).toEqual([text, ours(text)]);
      expect(tokenizer.decode(ids)).toBe(text);
    }
  });

  it('gives the same tokens for words, which are fewer than their letters', () => {
    const { ids } = tokenizer.encode(words);
    expect(ids).toEqual(ours(words));
    expect(ids.length).toBeLessThan(words.length / 2);
  });
});
