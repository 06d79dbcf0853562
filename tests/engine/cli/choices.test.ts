// Optimizers, schedules and what is trained on besides the loss; architectures by name; eval of what
// a run holds out.
import { afterAll, describe, expect, it } from 'vitest';
import { refuse } from './refused';
import { flags, Folder, succeed, type Settings } from './run';
import { small, text } from './small';

const folder = new Folder();
afterAll(() => folder.remove());

const textFile = folder.write('text.txt', text);
const train = (out: string, settings: Settings, ...args: string[]) =>
  succeed(
    ...['train', '--text', textFile, '--out', folder.at(out)],
    ...[...flags(settings), ...args, '--json'],
  ).events;
const recipeOf = (run: string) =>
  succeed('info', '--model', folder.at(run), '--json').events[0]!.recipe as Settings;

describe.each(['adamw', 'muon', 'sgd'])('%s', (optimizer) => {
  const recipe = { ...small, optimizer, schedule: 'wsd', label_smoothing: 0.1, z_loss: 1e-3 };

  it('goes on to the same bits after a rest, with another number of threads', () => {
    const straight = train('straight', recipe, '--threads', '1').at(-1)!;
    train('half', recipe, '--stop-at', '7', '--threads', '3');
    const args = ['--resume', folder.at('half'), '--out', folder.at('rest'), '--threads', '2'];
    const rest = succeed('train', ...args, '--json').events.at(-1)!;
    expect(rest.fingerprint).toBe(straight.fingerprint);
    // What came later is left out at its default.
    expect({ optimizer: 'adamw', ...recipeOf('rest') }).toMatchObject(recipe);
  });

  it('moves the weights its own way', () => {
    const others = ['adamw', 'muon', 'sgd'].filter((other) => other !== optimizer);
    const print = (by: string) => train('any', { ...recipe, optimizer: by }).at(-1)!.fingerprint;
    for (const other of others) expect(print(optimizer)).not.toBe(print(other));
  });
});

// Four steps from 1 down to 0, with no rise.
it.each([
  ['cosine', [1, (1 + Math.SQRT1_2) / 2, 0.5, (1 - Math.SQRT1_2) / 2]],
  ['linear', [1, 0.75, 0.5, 0.25]],
  ['constant', [1, 1, 1, 1]],
  ['wsd', [1, 1, 1, 0.5]],
])('%s has its rates', (schedule, expected) => {
  const settings = { ...small, schedule, decay_fraction: 0.5, steps: 4, warmup_steps: 0 };
  const rates = train('rates', { ...settings, lr: 1e-3, min_lr: 0 })
    .filter(({ event }) => event === 'step')
    .map(({ lr }) => Number(lr) * 1e3);
  expect(rates).toEqual(expected.map((rate) => expect.closeTo(rate, 9) as number));
});

describe('--preset', () => {
  it.each([
    ['gpt2', { bias: true }],
    ['llama', { norm: 'rmsnorm', activation: 'swiglu', position: 'rotary', tied_head: false }],
  ])('%s is that architecture, and flags go over it', (preset, architecture) => {
    train('preset', small, '--preset', preset);
    expect(recipeOf('preset')).toMatchObject({ ...small, ...architecture });
    train('over', small, '--preset', preset, '--position', 'none');
    expect(recipeOf('over')).toMatchObject({ ...architecture, position: 'none' });
  });

  it('is one of those that there are, and goes with no recipe', () => {
    const flags = ['train', '--text', textFile, '--out', folder.at('none')];
    expect(refuse(...flags, '--preset', 'gpt3')).toBe(
      '--preset is "gpt3"; it must be gpt2 or llama.',
    );
    expect(refuse(...flags, '--preset', 'llama', '--recipe', textFile)).toBe(
      '--preset cannot go with --recipe: name one of them.',
    );
  });
});

describe('eval without a text', () => {
  it('measures all that the run holds out, in nats a token and bits a byte', () => {
    train('bytes', { ...small, tokenizer: 'bpe:300' });
    const [event] = succeed('eval', '--model', folder.at('bytes'), '--json').events;
    const { loss, bits_per_byte: bits, tokens } = event as unknown as Record<string, number>;
    const bytes = (loss! * tokens!) / bits! / Math.LN2;
    // A tenth of the tokens, the first of which is given.
    expect(bytes).toBeCloseTo(Math.round(bytes), 6);
    expect(Math.abs(bytes / (text.length / 10) - 1)).toBeLessThan(0.1);
  });

  it('needs one where nothing is held out', () => {
    train('all', { ...small, val_fraction: 0 });
    expect(refuse('eval', '--model', folder.at('all'))).toBe(
      '--text is missing: this run holds nothing out; name a text.',
    );
  });
});
