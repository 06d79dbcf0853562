// Models of every architecture that leaves, and why others do not.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangeIn, llama, others, recipe } from './exchange';
import { refuse } from './refused';
import { Folder, succeed } from './run';
import { readSafetensors, writeSafetensors } from './safetensors';
import { text, trainRun } from './small';

const folder = new Folder();
afterAll(() => folder.remove());
const at = (name: string) => folder.at(name);
const { exportRun, importModel, info, evaluate, sample } = exchangeIn(folder);

beforeAll(() => {
  folder.write('char.txt', text);
  for (const [name, settings] of others) trainRun(folder, name, settings, `${text}Zoë 狐 🦊\n`);
});

describe.each(others)('%s', (name) => {
  const [there, again] = [`${name}-there`, `${name}-again`];
  it('comes back as the same model, and leaves again to the byte', () => {
    exportRun(name, 'hf', there);
    const { parameters, vocab_size, recipe } = info(name);
    expect(importModel(there, 'back')).toEqual([
      { event: 'import', out: at('back'), parameters, vocab_size, recipe },
    ]);
    expect(evaluate('back')).toEqual(evaluate(name));
    expect(sample('back')).toEqual(sample(name));
    exportRun('back', 'hf', again);
    for (const file of readdirSync(at(there)).filter((file) => file !== 'README.md'))
      expect(
        readFileSync(at(`${again}/${file}`)).equals(readFileSync(at(`${there}/${file}`))),
      ).toBe(true);
  });

  it('learns on', () => {
    exportRun(name, 'hf', there);
    importModel(there, 'back', '--steps', '10', '--lr', '0.002', '--eval-every', '10');
    const more = folder.write('more.txt', text.slice(2_000));
    const args = ['--resume', at('back'), '--out', at('on'), '--text', more];
    const [before, after] = succeed('train', ...args, '--json').events.filter(
      ({ event }) => event === 'eval',
    );
    expect(after!.train_loss as number).toBeLessThan(before!.train_loss as number);
  });
});

it('a model that is cut into shards is put together', () => {
  exportRun('llama', 'hf', 'shards');
  const path = at('shards/model.safetensors');
  const tensors = Object.entries(readSafetensors(path));
  const weight_map: Record<string, string> = {};
  const shards = [tensors.slice(0, 5), tensors.slice(5)].map((part, i) => {
    const name = `model-0000${i + 1}-of-00002.safetensors`;
    for (const [tensor] of part) weight_map[tensor] = name;
    return [name, writeSafetensors(Object.fromEntries(part))] as const;
  });
  writeFileSync(at('shards/model.safetensors.index.json'), JSON.stringify({ weight_map }));
  for (const [name, bytes] of shards) writeFileSync(at(`shards/${name}`), bytes);
  rmSync(path);
  importModel('shards', 'back');
  expect(info('back').fingerprint).toBe(info('llama').fingerprint);
  expect(evaluate('back')).toEqual(evaluate('llama'));
  rmSync(at(`shards/${shards[1]![0]}`));
  expect(refuse('import', '--from', at('shards'), '--out', at('none'))).toMatch(
    /model-00002-of-00002\.safetensors": No such file or directory\.$/,
  );
});

it.each([
  ['norm is layernorm, not rmsnorm', { ...llama, norm: 'layernorm' }],
  ['activation is relu2, not gelu', { ...recipe, activation: 'relu2' }],
  ['position is none, not learned', { ...recipe, position: 'none' }],
  ['n_kv_head is 1, not 3', { ...recipe, n_kv_head: 1 }],
  ['qk_norm is true, not false', { ...recipe, qk_norm: true }],
  ['qk_norm is true, not false', { ...llama, qk_norm: true, bias: true }],
])('a model whose %s is kept as it is, and told what leaves', (reason, changes) => {
  trainRun(folder, 'other', changes);
  const args = ['--model', at('other'), '--to', 'gguf', '--out', at('other.gguf')];
  const refused = refuse('export', ...args);
  expect(refused).toContain(`but its ${reason}`);
  expect(refused).toContain('What leaves: GPT-2 (layernorm, gelu, learned, no shared key heads), ');
  // The project's own file takes it.
  expect(importModel('other', 'back')[0]).toMatchObject({ event: 'import' });
});

it('nanoGPT takes a GPT-2 alone', () => {
  const refused = (name: string) =>
    refuse('export', '--model', at(name), '--to', 'nanogpt', '--out', at('none'));
  expect(refused('llama')).toContain("this model's is Llama's. It can leave as hf or gguf.");
  expect(refused('gpt2')).toContain("this model's is GPT-2's with tied_head false. It can leave");
});
