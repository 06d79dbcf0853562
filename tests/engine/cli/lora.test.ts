// LoRA through the command line: a model comes in, learns another text, and leaves merged.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Folder, flags, succeed, type Event } from './run';
import { refuse } from './refused';
import { readSafetensors } from './safetensors';
import { small, text, trainRun } from './small';

const folder = new Folder();
afterAll(() => folder.remove());
const at = (name: string) => folder.at(name);

const shape = { n_head: 3, n_embd: 21, block_size: 19, bias: true };
const recipe = { ...small, ...shape, steps: 150, lr: 1e-2, min_lr: 1e-3 };
const lora = { lora_rank: 5, lora_alpha: 7, steps: 80, lr: 3e-2, warmup_steps: 5 };
// The same text, the other way round.
const another = [...text].reverse().join('');

const importModel = (from: string, out: string, settings: typeof lora | object = lora) =>
  succeed('import', '--from', at(from), '--out', at(out), ...flags({ ...settings }), '--json')
    .events[0]!;
const train = (from: string, out: string, ...args: string[]) =>
  succeed('train', '--resume', at(from), '--out', at(out), ...args, '--json').events;
const info = (run: string) => succeed('info', '--model', at(run), '--json').events[0]!;
const lossOf = (run: string) =>
  succeed('eval', '--model', at(run), '--text', at('another.txt'), '--json').events[0]!;
const sample = (run: string) =>
  succeed('sample', '--model', at(run), '--prompt', 'The ', '--tokens', '30', '--json').events[0]!;

let done: Event;
beforeAll(() => {
  trainRun(folder, 'base', recipe);
  succeed('export', '--model', at('base'), '--to', 'hf', '--out', at('base-hf'));
  folder.write('another.txt', another);
  importModel('base-hf', 'imported');
  done = train('imported', 'adapted', '--text', at('another.txt')).at(-1)!;
});

describe('a model that was imported with a rank', () => {
  it('begins as it was', () => {
    expect(info('imported').fingerprint).toBe(info('base').fingerprint);
    expect(info('imported').recipe).toMatchObject({ lora_rank: 5, lora_alpha: 7 });
    expect(lossOf('imported')).toEqual(lossOf('base'));
  });

  it('says that no recipe leads to it, however it goes on', () => {
    expect(['base', 'imported', 'adapted'].map((run) => info(run).from_model)).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('learns the text that it is given', () => {
    expect(lossOf('adapted').loss).toBeLessThan(lossOf('base').loss as number);
  });

  it('keeps all but the blocks’ matrices to the bit', () => {
    const [before, after] = [readSafetensors(at('base')), readSafetensors(at('adapted'))];
    const weights = Object.keys(before).filter((name) => /^(wte|wpe|ln_f|h\.)/.test(name));
    const changed = weights.filter(
      (name) => !Buffer.from(after[name]!.bytes).equals(before[name]!.bytes),
    );
    expect(changed.sort()).toEqual(
      [0, 1].flatMap((layer) =>
        ['attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'].map(
          (matrix) => `h.${layer}.${matrix}.weight`,
        ),
      ),
    );
  });

  it('ends with the same bits with any threads, and stopped on the way', () => {
    train('imported', 'other', '--text', at('another.txt'), '--threads', '3', '--stop-at', '33');
    expect(train('other', 'other', '--threads', '2').at(-1)).toEqual(done);
    expect(readFileSync(at('other')).equals(readFileSync(at('adapted')))).toBe(true);
  });

  it.each(['hf', 'nanogpt'])('leaves merged as %s, and comes back as the same model', (to) => {
    succeed('export', '--model', at('adapted'), '--to', to, '--out', at(`out-${to}`));
    importModel(`out-${to}`, 'back', { lora_rank: 0 });
    expect(info('back').fingerprint).toBe(done.fingerprint);
    expect(lossOf('back')).toEqual(lossOf('adapted'));
    expect(sample('back')).toEqual(sample('adapted'));
  });

  it('may be adapted again, from where it is', () => {
    expect(importModel('adapted', 'twice').recipe).toMatchObject(lora);
    expect(info('twice')).toMatchObject({ step: 0, fingerprint: done.fingerprint });
  });
});

it('a run of our own is adapted as well', () => {
  importModel('base', 'own');
  expect(train('own', 'own', '--text', at('another.txt')).at(-1)).toEqual(done);
});

describe('is refused', () => {
  it('where there is no model', () => {
    expect(refuse('train', '--text', at('base.txt'), '--out', at('new'), '--lora-rank', '8')).toBe(
      'lora_rank is 8, but there is no model to adapt: this run would begin with random weights. ' +
        'Set lora_rank to 0, or import a model.',
    );
  });

  it('with a rank above the model’s width', () => {
    const args = ['--from', at('base-hf'), '--out', at('new'), '--lora-rank', '22'];
    expect(refuse('import', ...args)).toBe('lora_rank is 22, above n_embd 21; use 21 or less.');
  });

  it('on the way', () => {
    const args = ['--resume', at('adapted'), '--out', at('new'), '--lora-rank', '3'];
    expect(refuse('train', ...args)).toContain('--lora-rank cannot go with --resume');
  });
});

it('gradcheck compares the adapters’ gradients', () => {
  const args = flags({ ...recipe, lora_rank: 4 });
  const { events } = succeed('gradcheck', ...args, '--json');
  const names = events.filter(({ event }) => event === 'tensor').map(({ name }) => String(name));
  expect(names).toHaveLength(16);
  expect(names.every((name) => /^lora\.[ab]\.h\./.test(name))).toBe(true);
  expect(events.at(-1)).toMatchObject({ event: 'done', pass: true });
});
