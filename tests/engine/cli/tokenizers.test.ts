// Hugging Face's tokenizers read tokenizer.json as our engine reads a text.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Folder, flags, succeed } from './run';
import { tokensOf } from './safetensors';

const STRINGS = 1_000;
const BLOCK = 4_000;

const folder = new Folder();
afterAll(() => folder.remove());

// Of every width in UTF-8, with what tokenizers like to treat: spaces, marks, letters' cases.
const alphabet = [
  ...' \t\n\r.,;:!?\'"\\<|>_-0123456789ABCXYZabcdefghijklmnopqrstuvwxyz',
  ...'àçéëñößÆæœ’“”«»–…\u00a0\u00ad\u0301\u200b\u2028\u3000\ufeff\u0120\u010aΔЖжאب',
  ...'狐日本語한글ﬁﷺ🦊🙂🇩🇪👩‍🚀𝔘',
];
const characters = [...new Set(alphabet)];
const strings = fc
  .sample(fc.array(fc.constantFrom(...characters), { minLength: 1, maxLength: 40 }), {
    numRuns: STRINGS,
    seed: 1,
  })
  .map((letters) => letters.join(''));

describe.each(['char', 'byte'])('of kind %s', (kind) => {
  let tokenizer: Tokenizer;
  beforeAll(() => {
    const recipe = {
      ...{ tokenizer: kind, n_layer: 1, n_head: 1, n_embd: 1, block_size: BLOCK },
      ...{ batch_size: 1, steps: 1, val_fraction: 0, eval_batches: 1 },
    };
    const text = folder.write('text.txt', `-${characters.join('')}`.repeat(BLOCK / 100));
    const [run, out] = [folder.at(kind), folder.at(`${kind}-hf`)];
    succeed('train', '--text', text, '--out', run, ...flags(recipe));
    succeed('export', '--model', run, '--to', 'hf', '--out', out);
    const parse = (name: string) => JSON.parse(readFileSync(join(out, name), 'utf8')) as object;
    tokenizer = new Tokenizer(parse('tokenizer.json'), parse('tokenizer_config.json'));
  });

  // Our tokens of one string follow those of the string before, whatever stands between.
  function ours(texts: string[]): number[] {
    const [file, logits] = [folder.write('some.txt', `-${texts.join('')}`), folder.at('logits')];
    succeed('eval', '--model', folder.at(kind), '--text', file, '--logits', logits);
    return tokensOf(logits).slice(1);
  }

  it(`gives the same tokens for ${STRINGS} strings, and the strings for the tokens`, () => {
    const most = 20; // strings that fit into a passage, four bytes a character
    for (let i = 0; i < STRINGS; i += most) {
      const some = strings.slice(i, i + most);
      const theirs = some.map((text) => tokenizer.encode(text).ids);
      expect(theirs.flat()).toEqual(ours(some));
      expect(theirs.map((ids) => tokenizer.decode(ids))).toEqual(some);
    }
  });

  it('gives the same tokens for a long text', () => {
    const text = [...strings.slice(0, 60).join('\n')].slice(0, 900).join('');
    expect(tokenizer.encode(text).ids).toEqual(ours([text]));
  });
});
