// eval, info, gradcheck, bench and memory: what they measure and say.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flags, Folder, succeed, type Outcome, type Settings } from './run';
import { aFingerprint, aNumber, aPositiveNumber, small, text, trainRun } from './small';

const folder = new Folder();
afterAll(() => folder.remove());

const recipe = { ...small, steps: 60, lr: 1e-2, min_lr: 1e-3, bias: true };
// It has one character of two bytes, to be measured on.
const trained = `${text}é`;
let model: string;
beforeAll(() => {
  model = trainRun(folder, 'run', recipe, trained);
});

const info = () => succeed('info', '--model', model, '--json').events[0]!;

/** The names of a run's parameters: of its tensors, those that are neither state nor history. */
function parameterNames(): string[] {
  const file = readFileSync(model);
  const header = file.subarray(8, 8 + Number(file.readBigUInt64LE(0))).toString();
  const names = Object.keys(JSON.parse(header) as Record<string, unknown>);
  return names.filter((name) => !/^(adam|history)\.|^text$|^__metadata__$/.test(name));
}

describe('eval', () => {
  const evaluate = (content: string, run = model) => {
    const args = ['--model', run, '--text', folder.write('eval.txt', content), '--json'];
    const { events } = succeed('eval', ...args);
    expect(events).toHaveLength(1);
    return events[0] as unknown as { loss: number; bits_per_byte: number; tokens: number };
  };
  // Each figure is a quotient of the loss, correctly rounded a handful of times.
  const kRounding = 8 * Number.EPSILON;

  it('has these keys', () => {
    expect(evaluate(text)).toEqual({
      event: 'eval',
      loss: aNumber,
      bits_per_byte: aNumber,
      tokens: text.length - 1, // the first is given
    });
  });

  it.each([
    ['one byte a token', text, 1],
    ['two bytes a token', 'é'.repeat(50), 2],
  ])('tells nats a token in bits a byte: %s', (_, content, bytes) => {
    const { loss, bits_per_byte } = evaluate(content);
    expect(Math.abs((bits_per_byte * bytes * Math.LN2) / loss - 1)).toBeLessThan(kRounding);
  });

  it('finds the training text likelier than guessing, and likelier than before training', () => {
    const { vocab_size, train_loss } = info() as unknown as Record<string, number>;
    const { loss } = evaluate(trained);
    expect(loss).toBeLessThan(Math.log(vocab_size!));
    const fresh = trainRun(folder, 'fresh', { ...recipe, lr: 0, min_lr: 0, steps: 1 }, trained);
    expect(loss).toBeLessThan(evaluate(trained, fresh).loss);
    expect(train_loss).toBeLessThan(Math.log(vocab_size!));
  });

  it('says it to people', () => {
    const { loss, bits_per_byte, tokens } = evaluate(text);
    const args = ['--model', model, '--text', folder.at('eval.txt')];
    expect(succeed('eval', ...args).stdout).toBe(
      `loss ${loss.toFixed(4)} nats a token, ${bits_per_byte.toFixed(4)} bits a byte, ` +
        `over ${tokens.toLocaleString('en')} tokens\n`,
    );
  });
});

describe('info', () => {
  it('has these keys', () => {
    expect(info()).toEqual({
      event: 'info',
      step: recipe.steps,
      steps: recipe.steps,
      parameters: aNumber,
      vocab_size: new Set(trained).size,
      text_bytes: Buffer.byteLength(trained),
      train_loss: aNumber,
      val_loss: aNumber,
      fingerprint: aFingerprint,
      class: 'strict',
      from_model: false,
      past_schedules: [],
      skipped: 0,
      recipe: expect.objectContaining(recipe) as Settings,
    });
  });

  it('says it to people', () => {
    const { stdout } = succeed('info', '--model', model);
    const { fingerprint, vocab_size, recipe: settings } = info();
    expect(stdout).toContain(`step ${recipe.steps} of ${recipe.steps}`);
    expect(stdout).toContain(`${vocab_size as number} tokens in the vocabulary`);
    expect(stdout).toContain(`fingerprint ${fingerprint as string} (strict)`);
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1)!)).toEqual(settings);
  });
});

describe('gradcheck', () => {
  const shape = { ...small, bias: true, dropout: 0.1 };
  let outcome: Outcome;
  let tensors: { name: string; max_relative_error: number; tolerance: number }[];
  beforeAll(() => {
    outcome = succeed('gradcheck', ...flags(shape), '--json');
    tensors = outcome.events.slice(0, -1) as unknown as typeof tensors;
  });

  it('passes', () => {
    const worst = Math.max(...tensors.map((tensor) => tensor.max_relative_error));
    expect(outcome.events.at(-1)).toEqual({ event: 'done', pass: true, worst });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
  });

  it('has an event for every parameter', () => {
    expect(tensors.map((tensor) => tensor.name)).toEqual(parameterNames());
    for (const tensor of tensors) {
      expect(tensor).toMatchObject({ event: 'tensor', pass: true });
      expect(tensor.max_relative_error).toBeLessThanOrEqual(tensor.tolerance);
      expect(tensor.max_relative_error).toBeGreaterThan(0);
    }
  });

  it('knows the parameters of another architecture', () => {
    const llama = { norm: 'rmsnorm', activation: 'swiglu', position: 'rotary', tied_head: false };
    const { events } = succeed('gradcheck', ...flags({ ...small, ...llama }), '--json');
    const names = events.slice(0, -1).map(({ name }) => name);
    expect(events.at(-1)).toMatchObject({ event: 'done', pass: true });
    expect(names).not.toContain('wpe.weight');
    expect(names.at(-1)).toBe('lm_head.weight');
  });

  it('says it to people', () => {
    const lines = succeed('gradcheck', ...flags(shape))
      .stdout.trimEnd()
      .split('\n');
    expect(lines).toHaveLength(tensors.length + 1);
    expect(lines[0]).toMatch(/^pass .* allowed {2}wte\.weight$/);
    expect(lines.at(-1)).toMatch(/^Every gradient is right; the largest relative error is .*\.$/);
  });
});

it('bench has these keys, and its figures agree', () => {
  // A schedule of one step: what is measured must not end with it.
  const settings = { ...small, n_embd: 24, block_size: 64, batch_size: 32, steps: 1 };
  const { events } = succeed('bench', ...flags(settings), '--threads', '1', '--json');
  expect(events).toHaveLength(1);
  const [bench] = events as unknown as Record<string, number>[];
  expect(bench).toMatchObject({
    event: 'bench',
    ms_per_step: aPositiveNumber,
    tokens_per_second: aPositiveNumber,
    gflops: aPositiveNumber,
    peak_gflops: aPositiveNumber,
    fraction_of_peak: aPositiveNumber,
    bytes: {
      parameters: aPositiveNumber,
      gradients: aPositiveNumber,
      optimizer: aPositiveNumber,
      activations: aPositiveNumber,
      scratch: aPositiveNumber,
    },
    sample_tokens_per_second: aPositiveNumber,
    threads: 1,
    class: 'strict',
  });
  const { ms_per_step, tokens_per_second, fraction_of_peak } = bench!;
  const tokens = settings.batch_size * settings.block_size;
  expect((tokens_per_second! * ms_per_step!) / 1e3).toBeCloseTo(tokens, 9);
  expect(fraction_of_peak).toBeLessThan(1);
});

describe('memory', () => {
  it('names every buffer, and adds up', () => {
    const { events } = succeed('memory', ...flags(recipe), '--threads', '1', '--json');
    const done = events.at(-1) as unknown as Record<string, number>;
    const buffers = events.slice(0, -1) as unknown as Record<string, string | number>[];
    expect(done).toEqual({ event: 'done', total: aNumber, passing: aNumber, tape: aNumber });
    for (const buffer of buffers) {
      expect(buffer).toEqual({
        event: 'buffer',
        name: expect.stringMatching(/./) as string,
        kind: expect.stringMatching(
          /^(parameters|gradients|optimizer|activations|scratch)$/,
        ) as string,
        bytes: aNumber,
        lifetime: expect.stringMatching(/^(run|step|pass|op)$/) as string,
        why: expect.stringMatching(/./) as string,
      });
    }
    const sum = (chosen: typeof buffers) => chosen.reduce((total, b) => total + Number(b.bytes), 0);
    expect(sum(buffers)).toBe(done.total);
    expect(sum(buffers.filter((b) => /activations|scratch/.test(String(b.kind))))).toBe(
      done.passing,
    );
  });

  it('tells what is alive over a step, where asked to', () => {
    const args = [...flags(recipe), '--threads', '1', '--json'];
    const { events } = succeed('memory', ...args, '--timeline');
    const moments = events.filter(({ event }) => event === 'moment');
    for (const moment of moments) {
      expect(moment).toEqual({
        event: 'moment',
        phase: expect.stringMatching(/^(forward|backward|update)$/) as string,
        op: expect.stringMatching(/^[a-z_]+$/) as string,
        what: expect.stringMatching(/./) as string,
        alive: aPositiveNumber,
      });
    }
    const peak = Math.max(...moments.map(({ alive }) => alive as number));
    const buffers = events.filter(({ event }) => event === 'buffer');
    const planned = buffers.filter(({ name }) => name !== 'decoder');
    const reserved = planned.reduce((sum, { bytes }) => sum + (bytes as number), 0);
    expect(events.at(-2)).toEqual({ event: 'timeline', passes: 1, peak, reserved });
    expect(peak).toBeLessThan(reserved);
    const { events: without } = succeed('memory', ...args);
    expect(without).toEqual(events.filter(({ event }) => !/moment|timeline/.test(event)));
    const { stdout } = succeed('memory', ...flags(recipe), '--threads', '1', '--timeline');
    expect(stdout).toMatch(/MB {2}backward {2}attention_backward +h\.1\.attn\n/);
  });
});
