// One recipe and text give one fingerprint a class of arithmetic: through the real bindings in Node, in
// every build and on any number of threads, and by the native command line.
import { beforeAll, describe, expect, it } from 'vitest';
import { corpora, makeText } from '../../../web/src/corpora/corpora';
import type { Build } from '../../../web/src/engine/choose-build';
import { loadEngine } from '../../../web/src/engine/load';
import type { Arithmetic, EngineSession } from '../../../web/src/engine/types';
import type { Recipe } from '../../../web/src/recipe/recipe';
import { defaultRecipe } from '../../../web/src/recipe/schema';
import { piecesOf } from '../../../web/src/text/pairs';
import { trainNatively } from '../../engine/cli/run';

const SAMPLE = { temperature: 1, top_k: 0, top_p: 1, seed: 1, max_tokens: 40, alternatives: 0 };
const small = { steps: 8, warmup_steps: 2, eval_every: 4, eval_batches: 2 };

const recipes: Record<string, Recipe> = {
  'the default shape': { batch_size: 3 },
  'odd sizes, biases': {
    n_layer: 3,
    n_head: 5,
    n_embd: 35,
    block_size: 17,
    batch_size: 7,
    bias: true,
  },
  'one of everything': { n_layer: 1, n_head: 1, n_embd: 1, block_size: 1, batch_size: 1 },
  'dropout, accumulation': {
    n_layer: 2,
    n_head: 3,
    n_embd: 33,
    block_size: 31,
    batch_size: 2,
    grad_accum_steps: 3,
    dropout: 0.2,
    bias: true,
  },
  'bytes, nothing clipped, nothing held out': {
    tokenizer: 'byte',
    n_layer: 2,
    n_head: 2,
    n_embd: 26,
    block_size: 23,
    batch_size: 5,
    grad_clip: 0,
    val_fraction: 0,
    seed: 2147483647,
  },
  'Llama’s architecture, shared keys, normalised heads': {
    n_layer: 2,
    n_head: 4,
    n_embd: 40,
    block_size: 19,
    batch_size: 3,
    dropout: 0.1,
    norm: 'rmsnorm',
    activation: 'swiglu',
    position: 'rotary',
    n_kv_head: 2,
    qk_norm: true,
    tied_head: false,
  },
  'squares, no positions': {
    n_layer: 2,
    n_head: 3,
    n_embd: 21,
    block_size: 13,
    batch_size: 3,
    activation: 'relu2',
    position: 'none',
  },
  'Muon, late decay, all that is trained on': {
    n_layer: 2,
    n_head: 4,
    n_embd: 28,
    block_size: 11,
    batch_size: 3,
    activation: 'swiglu',
    n_kv_head: 2,
    optimizer: 'muon',
    schedule: 'wsd',
    label_smoothing: 0.1,
    z_loss: 1e-3,
  },
  'SGD, linear decay': {
    n_layer: 1,
    n_head: 3,
    n_embd: 21,
    block_size: 13,
    batch_size: 3,
    optimizer: 'sgd',
    schedule: 'linear',
    lr: 0.1,
  },
  'pairs of bytes': {
    tokenizer: 'bpe:400',
    n_layer: 1,
    n_head: 2,
    n_embd: 22,
    block_size: 13,
    batch_size: 3,
  },
};

const builds: (Build & { arithmetic: Arithmetic })[] = [
  { name: 'simd-single', threads: 1, arithmetic: 'strict' },
  { name: 'simd-threads', threads: 1, arithmetic: 'strict' },
  { name: 'simd-threads', threads: 2, arithmetic: 'strict' },
  { name: 'simd-threads', threads: 3, arithmetic: 'strict' },
  { name: 'relaxed-single', threads: 1, arithmetic: 'strict' },
  { name: 'relaxed-threads', threads: 2, arithmetic: 'strict' },
  { name: 'relaxed-single', threads: 1, arithmetic: 'fused' },
  { name: 'relaxed-threads', threads: 1, arithmetic: 'fused' },
  { name: 'relaxed-threads', threads: 2, arithmetic: 'fused' },
  { name: 'relaxed-threads', threads: 3, arithmetic: 'fused' },
];

const text = `${makeText({ corpus: corpora[0]!, seed: 5 }, 20_000)}Füchse, 狐, 🦊.\n`;
const bytes = new TextEncoder().encode(text);

async function withSession<T>(build: Build, use: (session: EngineSession) => T): Promise<T> {
  const engine = await loadEngine(build);
  const session = new engine.Session(build.threads);
  try {
    return use(session);
  } finally {
    session.delete();
  }
}

function takeSteps(session: EngineSession, until: number): void {
  while (session.info().step < until) expect(session.step().error.message).toBe('');
}

function train(session: EngineSession, recipe: Recipe, arithmetic: Arithmetic = 'strict'): string {
  expect(session.start(JSON.stringify(recipe), bytes, arithmetic).message).toBe('');
  takeSteps(session, Number(recipe.steps));
  return session.fingerprint();
}

describe.each(Object.entries(recipes))('%s', (_, changes) => {
  const recipe: Recipe = { ...defaultRecipe, ...small, ...changes };
  const native: Partial<Record<Arithmetic, string>> = {};
  beforeAll(() => {
    for (const arithmetic of ['strict', 'fused'] as const) {
      native[arithmetic] = trainNatively(recipe, text, arithmetic);
      expect(native[arithmetic]).toMatch(/^[0-9a-f]{16}$/);
    }
    // One sum of one product has nothing to fuse.
    if (Number(recipe.n_embd) > 1) expect(native.strict).not.toBe(native.fused);
  });

  it.each(builds)(
    'is the same as natively: $name, $arithmetic, $threads threads',
    async (build) => {
      const { arithmetic, threads } = build;
      const fingerprint = await withSession(build, (session) => {
        const fingerprint = train(session, recipe, arithmetic);
        expect(session.info()).toMatchObject({ fingerprint_class: arithmetic, threads });
        return fingerprint;
      });
      expect(fingerprint).toBe(native[arithmetic]);
    },
  );
});

it.each([
  ['AdamW', 'dropout, accumulation'],
  ['Muon', 'Muon, late decay, all that is trained on'],
  ['SGD', 'SGD, linear decay'],
])(
  '%s: a run that was evaluated, sampled, saved and loaded elsewhere has the same bits',
  async (_, name) => {
    const recipe = { ...defaultRecipe, ...small, ...recipes[name] };
    const straight = await withSession({ name: 'simd-single', threads: 1 }, (session) =>
      train(session, recipe),
    );
    const file = await withSession({ name: 'simd-threads', threads: 2 }, (session) => {
      session.start(JSON.stringify(recipe), bytes, 'strict');
      takeSteps(session, 4);
      session.beginEvaluation();
      while (!session.continueEvaluation().done);
      session.beginSample('Once', { ...SAMPLE, alternatives: 3 });
      while (!session.nextSample().done);
      return session.save().bytes;
    });
    const resumed = await withSession({ name: 'relaxed-threads', threads: 3 }, (session) => {
      expect(session.load(file).message).toBe('');
      expect(session.info().step).toBe(4);
      expect(session.text()).toEqual(bytes);
      takeSteps(session, 8);
      return session.fingerprint();
    });
    expect(resumed).toBe(straight);
  },
);

it('another seed has other bits', async () => {
  const recipe = { ...defaultRecipe, ...small, ...recipes['one of everything'] };
  const fingerprints = await withSession({ name: 'simd-single', threads: 1 }, (session) => [
    train(session, recipe),
    train(session, { ...recipe, seed: 2 }),
  ]);
  expect(new Set(fingerprints).size).toBe(2);
});

it('a build without fused multiply-add refuses a run of that class and says so', async () => {
  await withSession({ name: 'simd-single', threads: 1 }, (session) => {
    const { code, message } = session.start(JSON.stringify(defaultRecipe), bytes, 'fused');
    expect(code).toBe('usage');
    expect(message).toMatch(/no fused multiply-add; it can train runs of class strict/);
    expect(session.start(JSON.stringify(defaultRecipe), bytes, 'exact').message).toBe(
      'The class of arithmetic is "exact"; it must be strict or fused.',
    );
  });
});

describe('a text', () => {
  const recipe = { ...defaultRecipe, ...small, ...recipes['odd sizes, biases'] };
  const write = (alternatives: number, tokenizer: string) =>
    withSession({ name: 'simd-single', threads: 1 }, (session) => {
      session.start(JSON.stringify({ ...recipe, tokenizer }), bytes, 'strict');
      expect(session.beginSample('Once', { ...SAMPLE, alternatives }).message).toBe('');
      const reports = [];
      do reports.push(session.nextSample());
      while (!reports.at(-1)!.done);
      return reports;
    });

  it('is the same whether or not its alternatives are told', async () => {
    const [silent, told] = [await write(0, 'char'), await write(8, 'char')];
    expect(told.map(({ text }) => text)).toEqual(silent.map(({ text }) => text));
    expect(silent[0]!.alternatives).toBeUndefined(); // nothing was made for it
    for (const { text, probability, alternatives, alternative_probabilities: chances } of told) {
      expect(alternatives).toHaveLength(8);
      expect([...chances]).toEqual([...chances].sort((a, b) => b - a));
      const at = alternatives.indexOf(text);
      if (at >= 0) expect(chances[at]).toBe(probability);
      else expect(probability).toBeLessThanOrEqual(chances[7]!);
    }
  });

  it('of bytes names those that are no character', async () => {
    const told = (await write(8, 'byte')).flatMap(({ alternatives }) => alternatives);
    expect(told.every((text) => [...text].length === 1 || /^\\x[0-9A-F]{2}$/.test(text))).toBe(
      true,
    );
    expect(told.some((text) => text.startsWith('\\x'))).toBe(true);
  });
});

it('a text of pairs of bytes: each token is told as its alternatives are', async () => {
  const recipe = { ...defaultRecipe, ...small, ...recipes['pairs of bytes'] };
  await withSession({ name: 'simd-single', threads: 1 }, (session) => {
    session.start(JSON.stringify(recipe), bytes, 'strict');
    const options = { ...SAMPLE, temperature: 3, max_tokens: 200, alternatives: 8 };
    expect(session.beginSample('Füchse', options).message).toBe('');
    let longest = 0;
    for (let done = false; !done;) {
      const { text, piece, alternatives, ...report } = session.nextSample();
      longest = Math.max(longest, piece.length);
      if (!piece.includes('\\x') && !text.includes('\uFFFD')) expect(text).toBe(piece);
      const at = alternatives.indexOf(piece);
      if (at >= 0) expect(report.alternative_probabilities[at]).toBe(report.probability);
      done = report.done;
    }
    expect(longest).toBeGreaterThan(3);
  });
});

it('the tokens of a text are those of its merges, in every build', async () => {
  const found = [];
  for (const name of ['simd-single', 'relaxed-threads'] as const) {
    const engine = await loadEngine({ name, threads: 1 });
    const { error, ids, merges, tokens, vocab_size } = engine.inspectText(bytes, 'bpe:400', true);
    expect(error.message).toBe('');
    expect(vocab_size).toBe(400);
    const pieces = piecesOf(merges);
    const each = [...new Uint32Array(ids.slice().buffer)];
    expect(each).toHaveLength(tokens);
    expect(Buffer.concat(each.map((id) => pieces[id]!)).equals(bytes)).toBe(true);
    found.push({ merges, each });
  }
  expect(found[0]).toEqual(found[1]);
});

it('a byte order mark is no part of a text', async () => {
  const { inspectText } = await loadEngine({ name: 'simd-single', threads: 1 });
  for (const tokenizer of ['char', 'byte', 'bpe:257']) {
    const [plain, marked] = ['aab', '\ufeffaab'].map((text) =>
      inspectText(new TextEncoder().encode(text), tokenizer, false),
    );
    expect(marked).toEqual(plain);
  }
});

it('a schedule is changed on the way, and the engine says what held before', async () => {
  const recipe = { ...defaultRecipe, ...small, ...recipes['one of everything'] };
  await withSession({ name: 'simd-single', threads: 1 }, (session) => {
    session.start(JSON.stringify(recipe), bytes, 'strict');
    takeSteps(session, 3);
    expect(session.changeSchedule(10, 0.5, 0.6, 1)).toMatchObject({
      code: 'setting',
      where: 'min_lr',
    });
    expect(session.changeSchedule(NaN, 0.5, 0.1, 1)).toMatchObject({ where: 'steps' });
    expect(session.info().past_schedules_json).toBe('[]');
    expect(session.changeSchedule(10, 0.5, 0.1, 2).message).toBe('');
    takeSteps(session, 10);
    const { steps, past_schedules_json: past } = session.info();
    expect(steps).toBe(10);
    expect(JSON.parse(past)).toEqual([
      { until: 3, steps: 8, lr: 0.001, min_lr: 0.0001, grad_clip: 1 },
    ]);
  });
});

it('speed is measured beside a run, which is left alone', async () => {
  const recipe = { ...defaultRecipe, ...small, ...recipes['one of everything'] };
  await withSession({ name: 'simd-single', threads: 1 }, (session) => {
    session.start(JSON.stringify(recipe), bytes, 'strict');
    const before = session.fingerprint();
    const { error, flops_per_second: speed } = session.measureSpeed(
      JSON.stringify(defaultRecipe),
      0.01,
      'strict',
    );
    expect(error.message).toBe('');
    expect(speed).toBeGreaterThan(1e6);
    expect(session.fingerprint()).toBe(before);
  });
});
