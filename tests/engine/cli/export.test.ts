// Models that leave and come back: what is written, what PyTorch makes of it, what is taken in.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Folder, succeed, type Event } from './run';
import { refuse } from './refused';
import { readSafetensors, writeSafetensors } from './safetensors';
import { aFingerprint, small, text, trainRun } from './small';

const folder = new Folder();
afterAll(() => folder.remove());
const at = (name: string) => folder.at(name);

// Odd sizes, and rates that move every weight.
const recipe = { ...small, n_head: 3, n_embd: 21, block_size: 19, lr: 1e-2, min_lr: 1e-3 };
const runs = [
  ['char', 'char', false],
  ['char-biases', 'char', true],
  ['byte', 'byte', false],
  ['byte-biases', 'byte', true],
] as const;
// Even heads, and fewer of keys.
const llama = {
  ...{ ...recipe, n_head: 4, n_embd: 24, n_kv_head: 2, tokenizer: 'bpe:290' },
  ...{ norm: 'rmsnorm', activation: 'swiglu', position: 'rotary' },
};
const others = [
  ['gpt2', { ...recipe, tokenizer: 'bpe:290', tied_head: false, bias: true }],
  ['llama', { ...llama, tied_head: false }],
  ['llama-biases', { ...llama, bias: true, n_kv_head: 0 }],
  ['qwen3', { ...llama, qk_norm: true }],
  ['starcoder2', { ...llama, norm: 'layernorm', activation: 'gelu', tied_head: false }],
  ['starcoder2-biases', { ...llama, norm: 'layernorm', activation: 'gelu', bias: true }],
  ['arcee', { ...llama, activation: 'relu2', tied_head: false }],
] as const;
beforeAll(() => {
  for (const [name, settings] of others) trainRun(folder, name, settings, `${text}Zoë 狐 🦊\n`);
  for (const [name, tokenizer, bias] of runs)
    trainRun(folder, name, { ...recipe, tokenizer, bias }, `${text}Zoë 狐 🦊\n`);
});

const exportRun = (name: string, to: string, out: string, ...args: string[]) =>
  succeed('export', '--model', at(name), '--to', to, '--out', at(out), ...args, '--json').events;
const importModel = (from: string, out: string, ...args: string[]) =>
  succeed('import', '--from', at(from), '--out', at(out), ...args, '--json').events;
const info = (run: string) => succeed('info', '--model', at(run), '--json').events[0]!;
const evaluate = (run: string, ...args: string[]) =>
  succeed('eval', '--model', at(run), '--text', at('char.txt'), ...args, '--json').events[0]!;
const sample = (run: string) =>
  succeed('sample', '--model', at(run), '--prompt', 'The ', '--tokens', '30', '--json').events[0]!;
const withoutSteps = (event: Event) => ({ ...event, step: undefined, text_bytes: undefined });

it('says what was written', () => {
  expect(exportRun('char', 'hf', 'said')).toEqual([
    { event: 'export', to: 'hf', out: at('said'), parameters: info('char').parameters },
  ]);
  const args = ['--model', at('char'), '--to', 'gguf', '--out', at('said.gguf')];
  expect(succeed('export', ...args).stdout).toMatch(/^[\d,]+ parameters, saved to .+said\.gguf\n$/);
});

describe.each(runs)('%s', (name) => {
  it('comes back from each format as the same model', () => {
    exportRun(name, 'hf', `${name}-hf`);
    exportRun(name, 'nanogpt', `${name}.nanogpt`);
    const run = info(name);
    for (const from of [`${name}-hf`, `${name}-hf/model.safetensors`, `${name}.nanogpt`, name]) {
      const { parameters, vocab_size, recipe } = run;
      expect(importModel(from, 'back')).toEqual([
        { event: 'import', out: at('back'), parameters, vocab_size, recipe },
      ]);
      expect(withoutSteps(info('back'))).toEqual({
        ...withoutSteps(run),
        train_loss: null,
        val_loss: null,
      });
      expect(info('back')).toMatchObject({ step: 0, text_bytes: 0 });
      expect(evaluate('back')).toEqual(evaluate(name));
      expect(sample('back')).toEqual(sample(name));
    }
  });

  it('leaves again to the byte', () => {
    for (const [to, again] of [
      ['hf', 'again-hf'],
      ['nanogpt', 'again.nanogpt'],
    ] as const) {
      const out = `out-${name}-${to}`;
      exportRun(name, to, out);
      importModel(out, 'back');
      exportRun('back', to, again);
      const files = to === 'hf' ? readdirSync(at(out)) : [''];
      for (const file of files.filter((file) => file !== 'README.md'))
        expect(readFileSync(join(at(again), file)).equals(readFileSync(join(at(out), file)))).toBe(
          true,
        );
    }
  });
});

describe('a Hugging Face folder', () => {
  const parse = (file: string) =>
    JSON.parse(readFileSync(join(at('hf'), file), 'utf8')) as Record<string, unknown>;
  beforeAll(() => void exportRun('char', 'hf', 'hf'));

  it('has the files that transformers looks for', () => {
    expect(readdirSync(at('hf')).sort()).toEqual([
      'README.md',
      'config.json',
      'generation_config.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    expect(folder.names().filter((name) => name.includes('.tmp-'))).toEqual([]);
  });

  it('tells sizes, and that no token begins or ends a text', () => {
    expect(parse('config.json')).toMatchObject({
      model_type: 'gpt2',
      architectures: ['GPT2LMHeadModel'],
      vocab_size: info('char').vocab_size,
      n_positions: recipe.block_size,
      n_ctx: recipe.block_size,
      n_embd: recipe.n_embd,
      n_layer: recipe.n_layer,
      n_head: recipe.n_head,
      n_inner: 4 * recipe.n_embd,
      activation_function: 'gelu_new',
      layer_norm_epsilon: 1e-5,
      bos_token_id: null,
      eos_token_id: null,
      resid_pdrop: 0,
      embd_pdrop: 0,
      attn_pdrop: 0,
    });
    expect(parse('generation_config.json')).toMatchObject({
      bos_token_id: null,
      eos_token_id: null,
    });
    expect(parse('tokenizer_config.json')).toMatchObject({ clean_up_tokenization_spaces: false });
  });

  it('has a card with sizes, losses and recipe', () => {
    const card = readFileSync(join(at('hf'), 'README.md'), 'utf8');
    const { val_loss, recipe: kept } = info('char');
    expect(card).toContain('2 layers of 3 heads, 21 wide; it sees 19 tokens at once');
    expect(card).toContain('It was trained for 12 steps of the recipe below');
    const shown = Number(/validation loss was ([\d.]+) nats/.exec(card)?.[1]);
    expect(shown).toBeCloseTo(val_loss as number, 3);
    expect(JSON.parse(card.trimEnd().split('\n').at(-1)!)).toEqual(kept);
  });

  it('is written over as well, and what else is there stays', () => {
    mkdirSync(at('there'));
    writeFileSync(join(at('there'), 'notes.txt'), 'mine');
    exportRun('char', 'hf', 'there');
    exportRun('byte', 'hf', 'there');
    expect(readFileSync(join(at('there'), 'notes.txt'), 'utf8')).toBe('mine');
    importModel('there', 'back');
    expect(info('back').fingerprint).toBe(info('byte').fingerprint);
  });
});

describe('an imported model', () => {
  const more = folder.write('more.txt', text.slice(2_000));
  const train = (...args: string[]) =>
    succeed('train', '--resume', at('imported'), '--out', at('on'), ...args, '--json').events;
  beforeAll(() => {
    exportRun('char', 'hf', 'imported-hf');
    importModel('imported-hf', 'imported', '--steps', '4', '--lr', '0.002', '--eval-every', '4');
  });

  it('learns on from another text', () => {
    const events = train('--text', more);
    expect(events.at(-1)).toMatchObject({ event: 'done', step: 4, fingerprint: aFingerprint });
    const [before, after] = events.filter((event) => event.event === 'eval');
    // From what it knew, not from nothing.
    expect(before!.step).toBe(0);
    const nothing = Math.log(info('imported').vocab_size as number);
    expect(before!.train_loss as number).toBeLessThan(nothing - 0.5);
    expect(after!.train_loss as number).toBeLessThan(before!.train_loss as number);
    expect(info('on')).toMatchObject({ step: 4, text_bytes: text.slice(2_000).length });
    // From then on it holds its text.
    expect(
      succeed('train', '--resume', at('on'), '--out', at('on'), '--steps', '6', '--json').events,
    ).toContainEqual(expect.objectContaining({ event: 'done', step: 6 }));
  });

  it('takes flags for its training and none for itself', () => {
    expect(info('imported').recipe).toMatchObject({ steps: 4, lr: 0.002, n_embd: recipe.n_embd });
    expect(
      refuse('import', '--from', at('imported-hf'), '--out', at('new'), '--n-layer', '3'),
    ).toBe('n_layer cannot be chosen: the imported model decides it. Leave it out.');
  });

  it('is told to have no text', () => {
    expect(succeed('info', '--model', at('imported')).stdout).toContain(
      'no text: the model was im',
    );
    expect(refuse('train', '--resume', at('imported'), '--out', at('on'))).toBe(
      '--text is missing: this run is a model that came without one. Name the text that it is to ' +
        'learn.',
    );
  });

  it('refuses a text that it cannot read', () => {
    const resume = (content: string) => {
      const file = folder.write('other.txt', content);
      return refuse('train', '--resume', at('imported'), '--out', at('on'), '--text', file);
    };
    expect(resume(`${text}日本`)).toMatch(
      /^The character "日" \(U\+65E5\) at offset [\d,]+ \(line \d+\) is not among the \d+ characters/,
    );
    expect(resume('')).toContain('The text is empty');
    expect(resume('The')).toContain('tokens long; block_size 19 needs at least 20');
  });
});

it('a run that has a text is told how its model learns another', () => {
  const args = ['--out', at('on'), '--text', folder.write('other.txt', `${text}${text}`)];
  expect(refuse('train', '--resume', at('char'), ...args)).toContain(
    'To train its model on another, import it first.',
  );
  importModel('char', 'model-alone', '--steps', '2');
  const { events } = succeed('train', '--resume', at('model-alone'), ...args, '--json');
  expect(events.at(-1)).toMatchObject({ event: 'done', step: 2 });
});

describe('a command that cannot be', () => {
  const toExport = (...args: string[]) => refuse('export', '--model', at('char'), ...args);
  it('of export', () => {
    const out = ['--out', at('none')];
    expect(toExport('--to', 'onnx', ...out)).toBe(
      '--to is "onnx"; it must be hf, gguf or nanogpt.',
    );
    expect(toExport('--to', 'gguf', '--dtype', 'q4', ...out)).toBe(
      '--dtype is "q4"; it must be f32, f16 or q8_0.',
    );
    expect(toExport('--to', 'hf', '--dtype', 'f16', ...out)).toContain('only a gguf has it');
    expect(toExport('--to', 'hf', '--out', at('char'))).toContain('it is not a folder.');
    expect(toExport('--to', 'gguf', '--out', folder.path)).toContain('it is a directory.');
    expect(refuse('export', '--model', at('char.txt'), '--to', 'hf', ...out)).toContain(
      'not a safetensors file',
    );
    expect(folder.names()).not.toContain('none');
  });

  it('of import', () => {
    const toImport = (from: string) => refuse('import', '--from', from, '--out', at('none'));
    expect(toImport(at('absent'))).toContain('No such file or directory.');
    expect(toImport(folder.path)).toContain('model.safetensors": No such file or directory.');
    mkdirSync(at('bare'));
    exportRun('char', 'hf', 'whole');
    writeFileSync(at('bare/model.safetensors'), readFileSync(at('whole/model.safetensors')));
    expect(toImport(at('bare'))).toContain('put its config.json beside it');
    writeFileSync(at('bare/config.json'), '{"n_layer": 2');
    expect(toImport(at('bare'))).toBe('config.json is not valid JSON: it ends too early.');
    expect(folder.names()).not.toContain('none');
  });
});

it('logits are those of the first passage', () => {
  evaluate('char', '--logits', at('logits'));
  const { tokens, logits } = readSafetensors(at('logits'));
  expect(tokens).toMatchObject({ dtype: 'I64', shape: [recipe.block_size] });
  expect(logits!.shape).toEqual([recipe.block_size, info('char').vocab_size]);
});

// A Python that has PyTorch, where scripts/lib/torch.mjs has found one.
const python = process.env.CLEARFORMER_TORCH;
describe.skipIf(!python)('PyTorch', () => {
  // One process: to begin takes it seconds.
  const compared = (jobs: string[][]) => {
    const args = [join(import.meta.dirname, 'torch_gpt.py'), ...jobs.map((job) => job.join(':'))];
    const { status, stdout, stderr } = spawnSync(python!, ['-B', ...args], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    for (const line of lines) {
      const { tokens, largest, difference } = JSON.parse(line) as Record<string, number>;
      expect(tokens).toBe(recipe.block_size);
      expect(largest).toBeGreaterThan(1);
      expect(difference).toBeLessThan(1e-4);
    }
    return lines.length;
  };

  it('computes the same logits from both layouts', { timeout: 60_000 }, () => {
    const jobs = runs.map(([name]) => {
      const [hf, nanogpt, logits] = [`${name}-torch`, `${name}.torch`, `${name}.logits`];
      exportRun(name, 'hf', hf);
      exportRun(name, 'nanogpt', nanogpt);
      evaluate(name, '--logits', at(logits));
      return [hf, nanogpt, logits].map(at);
    });
    expect(compared(jobs)).toBe(2 * runs.length);
  });

  it('computes those of every architecture that leaves', { timeout: 120_000 }, () => {
    const jobs = others.map(([name]) => {
      const [hf, logits] = [`${name}-torch`, `${name}.logits`];
      exportRun(name, 'hf', hf);
      evaluate(name, '--logits', at(logits));
      return [at(hf), '', at(logits)];
    });
    expect(compared(jobs)).toBe(others.length);
  });
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
