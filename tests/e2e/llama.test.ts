// llama.cpp reads what `clearformer export --to gguf` wrote, and writes the text that we write.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Folder, flags, succeed, type Settings } from '../engine/cli/run';
import { readSafetensors, tokensOf, writeSafetensors } from '../engine/cli/safetensors';
import { characters, strings, words } from '../engine/cli/strings';
import { launch } from './browser';
import { Llama } from './llama';

const TOKENS = 64;

// Learned by heart, so that no two tokens are nearly as likely as each other.
const ascii = 'The quick brown fox jumps over the lazy dog; who was it?\nNobody knows.\n';
const other = 'Zoë sah die Füchsin (狐, 🦊) – «so schön!» – und ging.\nНикто не знает.\n';
const recipe = {
  n_layer: 2,
  n_head: 2,
  n_embd: 32,
  block_size: 96,
  batch_size: 8,
  steps: 150,
  warmup_steps: 10,
  lr: 1e-2,
  min_lr: 1e-3,
  val_fraction: 0,
  eval_every: 150,
  eval_batches: 1,
} satisfies Settings;

const folder = new Folder();
let browser: Browser;
let llama: Llama;
beforeAll(async () => {
  browser = await launch();
  llama = await Llama.begin(browser);
});
afterAll(async () => {
  await llama.end();
  await browser.close();
  folder.remove();
});

function train(name: string, settings: Settings, text: string): void {
  const file = folder.write(`${name}.txt`, text.repeat(20));
  const out = folder.at(name);
  succeed('train', '--text', file, '--out', out, ...flags({ ...recipe, ...settings }));
}

function exported(name: string, ...args: string[]): Uint8Array {
  const out = folder.at(`${name}.gguf`);
  succeed('export', '--model', folder.at(name), '--to', 'gguf', '--out', out, ...args);
  return readFileSync(out);
}

function written(name: string, prompt: string) {
  const args = ['--tokens', `${TOKENS}`, '--temperature', '0', '--json'];
  const { events } = succeed('sample', '--model', folder.at(name), '--prompt', prompt, ...args);
  return events[0] as unknown as { ids: number[]; text: string };
}

const llamaShape = {
  ...{ norm: 'rmsnorm', activation: 'swiglu', position: 'rotary' },
  ...{ n_head: 4, n_kv_head: 2, tied_head: false },
} as const;

// Architectures that leave, with each tokenizer.
describe.each([
  ['gpt2', { tokenizer: 'char' }, ascii, 'The quick'],
  ['gpt2', { tokenizer: 'char', bias: true }, other, 'Zoë sah'],
  ['gpt2', { tokenizer: 'byte', bias: true }, ascii, 'Nobody'],
  ['gpt2', { tokenizer: 'byte', tied_head: false }, other, '(狐, 🦊'],
  ['gpt2', { tokenizer: 'bpe:300' }, ascii, 'The quick'],
  ['gpt2', { tokenizer: 'bpe:300' }, other, 'Zoë sah'],
  ['llama', { ...llamaShape, tokenizer: 'char' }, ascii, 'The quick'],
  ['llama', { ...llamaShape, tokenizer: 'char', tied_head: true }, other, 'Zoë sah'],
  ['llama', { ...llamaShape, tokenizer: 'byte', n_kv_head: 0 }, ascii, 'Nobody'],
  ['llama', { ...llamaShape, tokenizer: 'byte' }, other, '(狐, 🦊'],
  ['llama', { ...llamaShape, tokenizer: 'bpe:300' }, ascii, 'The quick'],
  ['llama', { ...llamaShape, tokenizer: 'bpe:300', bias: true }, other, 'Zoë sah'],
  ['qwen3', { ...llamaShape, tokenizer: 'bpe:300', qk_norm: true }, other, 'Zoë sah'],
  ['starcoder2', { tokenizer: 'bpe:300', position: 'rotary', n_kv_head: 1 }, ascii, 'The quick'],
  ['arcee', { ...llamaShape, tokenizer: 'char', activation: 'relu2' }, other, 'Zoë sah'],
] as const)('%s %o', (architecture, settings, text, prompt) => {
  const name = 'run';
  beforeAll(() => train(name, settings, text));

  it.each(['f32', 'f16', 'q8_0'])('as %s', async (dtype) => {
    const ours = written(name, prompt);
    const theirs = await llama.continue(exported(name, '--dtype', dtype), prompt, TOKENS);
    if (settings.tokenizer === 'byte')
      expect(theirs.prompt).toHaveLength(Buffer.from(prompt).length);
    if (settings.tokenizer === 'char') expect(theirs.prompt).toHaveLength([...prompt].length);
    expect(theirs.ids).toEqual(ours.ids);
    expect(new TextDecoder().decode(Uint8Array.from(theirs.bytes))).toBe(ours.text);
    expect(text.repeat(8)).toContain(ours.text.slice(0, 20)); // it did learn
    expect(theirs.hparams).toMatchObject({ nCtxTrain: 96, nEmbd: 32, nLayer: 2 });
    expect(theirs.meta['general.architecture']).toBe(architecture);
  });

  it('is smaller in fewer bits', () => {
    const size = (dtype: string) => {
      exported(name, '--dtype', dtype);
      return statSync(folder.at(`${name}.gguf`)).size;
    };
    const [f32, f16, q8_0] = [size('f32'), size('f16'), size('q8_0')];
    expect(f16).toBeLessThan(0.7 * f32);
    expect(q8_0).toBeLessThan(0.7 * f16);
  });
});

describe.each([
  ['char', 1_000],
  ['byte', 1_000],
  ['bpe:700', 300], // a process of ours each
] as const)('of kind %s', (tokenizer, count) => {
  it(`gives the same tokens for ${count} strings`, async () => {
    const name = 'tokens';
    const tiny = { n_layer: 1, n_embd: 2, block_size: 2_000, batch_size: 1, steps: 1 };
    train(name, { ...tiny, tokenizer }, `-${characters.join('')} ${words}`);
    const some = strings(count).map((string) => `-${string}`);
    const theirs = await llama.tokenize(exported(name), some);
    const ours = (text: string) => {
      const [file, logits] = [folder.write('some.txt', text), folder.at('logits')];
      succeed('eval', '--model', folder.at(name), '--text', file, '--logits', logits);
      return tokensOf(logits);
    };
    const group = tokenizer === 'bpe:700' ? 1 : 10; // what stands before decides no token
    for (let i = 0; i < count; i += group) {
      const joined = some.slice(i, i + group).join('');
      const tokens = theirs.slice(i, i + group).flat();
      if (tokens.length > 1) expect([joined, tokens]).toEqual([joined, ours(joined)]);
    }
  });
});

// As GPT-2 has it: a token that no text is read as.
it('a special token of a model that was imported is one to llama.cpp', async () => {
  train('plain', { tokenizer: 'bpe:300' }, ascii);
  const there = folder.at('special');
  succeed('export', '--model', folder.at('plain'), '--to', 'hf', '--out', there);
  const edit = (file: string, change: (json: string) => string) =>
    writeFileSync(join(there, file), change(readFileSync(join(there, file), 'utf8')));
  const size = succeed('info', '--model', folder.at('plain'), '--json').events[0]!
    .vocab_size as number;
  edit('config.json', (json) => json.replace(`"vocab_size": ${size}`, `"vocab_size": ${size + 1}`));
  edit('tokenizer.json', (json) => {
    const all = JSON.parse(json) as { added_tokens: object[]; model: { vocab: object } };
    all.added_tokens.push({ id: size, content: '<|endoftext|>', special: true });
    Object.assign(all.model.vocab, { '<|endoftext|>': size });
    return JSON.stringify(all);
  });
  const path = join(there, 'model.safetensors');
  const { 'transformer.wte.weight': wte, ...others } = readSafetensors(path);
  const row = new Uint8Array(4 * recipe.n_embd); // zeros: never the likeliest
  const longer = {
    ...wte!,
    shape: [size + 1, recipe.n_embd],
    bytes: Buffer.concat([wte!.bytes, row]),
  };
  writeFileSync(path, writeSafetensors({ ...others, 'transformer.wte.weight': longer }));
  succeed('import', '--from', there, '--out', folder.at('imported'));
  const ours = written('imported', 'The quick');
  expect(ours.text).toBe(written('plain', 'The quick').text);
  const theirs = await llama.continue(exported('imported'), 'The quick', TOKENS);
  expect(theirs.ids).toEqual(ours.ids);
  expect(theirs.meta['tokenizer.ggml.eos_token_id']).toBe(`${size}`);
  const [read] = await llama.tokenize(exported('imported'), ['a<|endoftext|>b']);
  expect(read).not.toContain(size);
});

it('rows that are no multiple of 32 long are 16 bits wide where 8 were asked for', async () => {
  train('odd', { n_embd: 20, steps: 200 }, ascii);
  const theirs = await llama.continue(exported('odd', '--dtype', 'q8_0'), 'The quick', TOKENS);
  expect(theirs.ids).toEqual(written('odd', 'The quick').ids);
});
