// train: what it prints, what it saves, and where its settings come from.
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flags, Folder, run, succeed, type Event, type Settings } from './run';
import { aFingerprint, aNumber, small, text } from './small';

const folder = new Folder();
afterAll(() => folder.remove());

const textFile = folder.write('text.txt', text);
const out = folder.at('run.safetensors');
const train = (...args: string[]) => succeed('train', '--text', textFile, '--out', out, ...args);
const info = () => succeed('info', '--model', out, '--json').events[0]!;
const recipeOf = () => info().recipe as Settings;

describe('the events of train', () => {
  let events: Event[], stderr: string;
  beforeAll(() => {
    ({ events, stderr } = train(...flags(small), '--json'));
  });

  it('come in the order of the schedule: evaluations at step 0, every eval_every, at the end', () => {
    const steps = (first: number, last: number) =>
      Array.from({ length: last - first + 1 }, (_, i) => ['step', first + i]);
    expect(events.map(({ event, step }) => [event, step])).toEqual([
      ['eval', 0],
      ...steps(1, 5),
      ['eval', 5],
      ...steps(6, 10),
      ['eval', 10],
      ...steps(11, 12),
      ['eval', 12],
      ['done', 12],
    ]);
    expect(stderr).toBe('');
  });

  it.each([
    [
      'step',
      {
        step: aNumber,
        loss: aNumber,
        lr: aNumber,
        grad_norm: aNumber,
        tokens_per_second: aNumber,
      },
    ],
    [
      'eval',
      {
        step: aNumber,
        train_loss: aNumber,
        val_loss: aNumber,
      },
    ],
    [
      'done',
      {
        step: 12,
        val_loss: aNumber,
        fingerprint: aFingerprint,
        class: 'strict',
      },
    ],
  ])('of kind %s have these keys and no others', (event, keys) => {
    for (const given of events.filter((e) => e.event === event))
      expect(given).toEqual({ event, ...keys });
  });

  it('tell of a model that learns', () => {
    const losses = events.filter((e) => e.event === 'eval').map((e) => e.val_loss as number);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(events.at(-1)!.val_loss).toBe(losses.at(-1));
  });

  it('end with what is in the file', () => {
    const { step, fingerprint, class: arithmetic } = events.at(-1)!;
    expect(info()).toMatchObject({ step, steps: 12, fingerprint, class: arithmetic });
  });

  it('have no validation loss where nothing is held out', () => {
    const { events } = train(...flags({ ...small, steps: 1, val_fraction: 0 }), '--json');
    expect(events.filter((e) => 'val_loss' in e).map((e) => e.val_loss)).toEqual([
      null,
      null,
      null,
    ]);
  });
});

it('without --json there are lines for people, of the same run', () => {
  const { fingerprint } = train(...flags(small), '--json').events.at(-1)!;
  const lines = train(...flags(small)).stdout.split('\n');
  expect(lines[0]).toMatch(/^step 0 {2}train loss \d\.\d{4} {2}validation loss \d\.\d{4}$/);
  expect(lines[1]).toMatch(
    /^step 1 {2}loss \d\.\d{4} {2}lr 3\.33e-04 {2}norm \d+\.\d+ {2}[\d,]+ tok/,
  );
  expect(lines.at(-2)).toMatch(/^step 12 {2}validation loss \d\.\d{4} /);
  expect(lines.at(-2)).toContain(`fingerprint ${fingerprint as string} (strict)  saved to ${out}`);
  expect(lines.at(-1)).toBe('');
});

describe('settings', () => {
  it('come from a file, and flags go over it', () => {
    train('--steps', '1', '--batch-size', '1', '--eval-batches', '1');
    const defaults = recipeOf();
    const file = { ...small, dropout: 0.25, bias: true, steps: 3 };
    const recipe = folder.write('recipe.json', JSON.stringify(file));
    train('--steps', '2', '--n-embd', '20', '--recipe', recipe);
    expect(recipeOf()).toEqual({ ...defaults, ...file, steps: 2, n_embd: 20 });
  });

  it('have a flag each', () => {
    // Not one of them is 0, so that none stays as it is when it is doubled or halved.
    train(...flags({ ...small, n_head: 1, n_embd: 10, dropout: 0.5, val_fraction: 0.2 }));
    const before = recipeOf();
    const change = (value: number | boolean | string) => {
      if (typeof value === 'boolean') return !value;
      if (typeof value === 'string') return value === 'char' ? 'byte' : 'char';
      return Number.isInteger(value) ? 2 * value : value / 2;
    };
    const changed: Settings = Object.fromEntries(
      Object.entries(before).map(([name, value]) => [name, change(value)]),
    );
    for (const name of Object.keys(before)) expect(changed[name]).not.toBe(before[name]);
    train(...flags(changed));
    expect(recipeOf()).toEqual(changed);
    const { stdout: help } = succeed('train', '--help');
    for (const flag of flags(before).filter((word) => word.startsWith('--')))
      expect(help).toContain(` ${flag} `);
  });

  it('of the machine leave the bits alone', () => {
    const fingerprints = ['1', '2', '3', '7'].map(
      (threads) =>
        train(...flags(small), '--threads', threads, '--json').events.at(-1)!.fingerprint,
    );
    expect(new Set(fingerprints).size).toBe(1);
  });

  it('of the class of arithmetic are kept in the run, or refused where it cannot be had', () => {
    const args = ['--text', textFile, '--out', folder.at('fused'), '--class', 'fused', '--json'];
    const { status, events, stderr } = run('train', ...args, ...flags(small));
    if (status === 0) {
      expect(events.at(-1)).toMatchObject({ event: 'done', class: 'fused' });
      const { events: kept } = succeed('info', '--model', folder.at('fused'), '--json');
      expect(kept[0]).toMatchObject({ class: 'fused' });
    } else {
      expect(status).toBe(2);
      expect(stderr).toMatch(/^clearformer: .* no fused multiply-add; it can train .* strict\.\n$/);
      expect(existsSync(folder.at('fused'))).toBe(false);
    }
  });
});
