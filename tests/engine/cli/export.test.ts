// Models that leave and come back: what is written, what is taken in.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangeIn, recipe, runs } from './exchange';
import { Folder, succeed, type Event } from './run';
import { refuse } from './refused';
import { readSafetensors } from './safetensors';
import { aFingerprint, text, trainRun } from './small';

const folder = new Folder();
afterAll(() => folder.remove());
const at = (name: string) => folder.at(name);

const { exportRun, importModel, info, evaluate, sample } = exchangeIn(folder);

beforeAll(() => {
  for (const [name, settings] of runs) trainRun(folder, name, settings, `${text}Zoë 狐 🦊\n`);
});

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
        from_model: true,
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
