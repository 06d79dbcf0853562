import { beforeEach, describe, expect, it } from 'vitest';
import { corpusOf, makeText } from '../../../web/src/corpora/corpora';
import type { EngineError } from '../../../web/src/engine/types';
import type { ToPage } from '../../../web/src/protocol/to-page';
import { defaultRecipe } from '../../../web/src/recipe/schema';
import { Host } from '../../../web/src/worker/host';
import { makeEngineDouble } from '../doubles/engine';
import { makeStoreDouble } from '../doubles/store';
import { makeRecord } from '../doubles/records';

const text = new TextEncoder().encode('Once there was a fox. '.repeat(200));
const recipe = { ...defaultRecipe, steps: 6, eval_every: 3 };
const options = { temperature: 1, top_k: 0, top_p: 1, seed: 1, max_tokens: 5, alternatives: 2 };
const wish = { prompt: 'fox', written: '', options, stop: '' };
const SLICE = 1000; // ms that each look at the clock takes, so that a slice is one piece of work

let posted: ToPage[];
let host: Host;
let woken: number;
let onStep: (step: number) => EngineError | undefined;
let keep: (step: number) => Promise<void>; // what befalls a checkpoint

const ofType = <T extends ToPage['type']>(type: T) =>
  posted.filter((message): message is Extract<ToPage, { type: T }> => message.type === type);
const phases = () => ofType('phase').map(({ phase }) => phase);
const runOut = () => {
  while (host.work());
};

beforeEach(async () => {
  posted = [];
  woken = 0;
  let now = 0;
  onStep = () => undefined;
  keep = () => Promise.resolve();
  host = new Host({
    load: () => Promise.resolve(makeEngineDouble({ onStep: (step) => onStep(step) })),
    post: (message) => posted.push(message),
    wake: () => woken++,
    clock: () => (now += SLICE),
    store: makeStoreDouble({ keep: (_, { step }) => keep(step).then(() => true) }),
  });
  await host.receive({ type: 'open', requestId: 1, build: { name: 'simd-single', threads: 1 } });
});

const start = (runId = 7) =>
  host.receive({ type: 'start', requestId: 2, runId, recipe, bytes: text, arithmetic: null });

describe('a run', () => {
  it('trains to its end, evaluates and writes on the way, and rests with its fingerprint', async () => {
    await start();
    await host.receive({ type: 'train', runId: 7 });
    expect(woken).toBe(1);
    runOut();
    expect(phases()).toEqual(['running', 'done']);
    expect(ofType('evaluated').map(({ step }) => step)).toEqual([3, 6]);
    expect(ofType('writing-began').map(({ step, asked }) => [step, asked])).toEqual([
      [0, false],
      [3, false],
      [6, false],
    ]);
    const losses = ofType('progress').flatMap((event) => [...event.losses]);
    expect(losses).toHaveLength(6);
    const last = ofType('phase').at(-1);
    expect(last?.step).toBe(6);
    expect(last && 'fingerprint' in last && last.fingerprint).toMatch(/^[0-9a-f]{16}$/);
  });

  it('pauses between two steps, steps once, and goes on', async () => {
    await start();
    await host.receive({ type: 'train', runId: 7 });
    while (ofType('progress').length < 2) host.work();
    await host.receive({ type: 'pause', runId: 7 });
    expect(host.work()).toBe(false);
    const paused = ofType('phase').at(-1)!;
    await host.receive({ type: 'step', runId: 7 });
    expect(ofType('phase').at(-1)).toMatchObject({ phase: 'paused', step: paused.step + 1 });
    await host.receive({ type: 'train', runId: 7 });
    runOut();
    expect(phases().at(-1)).toBe('done');
  });

  it('hears no command meant for another run', async () => {
    await start(7);
    await host.receive({ type: 'train', runId: 6 });
    expect(phases()).toEqual([]);
  });

  it('fails where the engine says so, and says where', async () => {
    const error = { code: 'state', where: '', message: 'The loss is not finite.' };
    onStep = (step) => (step === 4 ? error : undefined);
    await start();
    await host.receive({ type: 'train', runId: 7 });
    runOut();
    expect(ofType('phase').at(-1)).toMatchObject({ phase: 'failed', step: 3, error });
  });
});

describe('a run that is kept', () => {
  it('is trained to its end while its first checkpoint is still being written', async () => {
    const began: number[] = [];
    let written = () => undefined as void;
    keep = (step) => {
      began.push(step);
      return began.length > 1 ? Promise.resolve() : new Promise((resolve) => (written = resolve));
    };
    await start();
    await host.receive({ type: 'keep', runId: 7, card: makeRecord(), isNew: true });
    await host.receive({ type: 'train', runId: 7 });
    runOut();
    expect(ofType('phase').at(-1)).toMatchObject({ phase: 'done', step: 6 });
    expect(began).toEqual([expect.any(Number)]);
    expect(began[0]).toBeLessThan(6);
    expect(ofType('kept')).toEqual([]);
    written();
    await host.receive({ type: 'settle', requestId: 8 });
    expect(ofType('kept').map(({ step }) => step)).toEqual([began[0], 6]);
  });

  it('and diverged can go back as far in a later tab, until it is done', async () => {
    const card = makeRecord();
    const statesToldOf = () => {
      const last = ofType('phase').at(-1)!;
      return last.phase === 'failed' ? last.divergence!.states.map(({ step }) => step) : [];
    };
    onStep = (step) => (step === 4 ? { code: 'diverged', where: '', message: '' } : undefined);
    await start();
    await host.receive({ type: 'keep', runId: 7, card, isNew: true });
    await host.receive({ type: 'train', runId: 7 });
    runOut();
    expect(statesToldOf()).toEqual([0, 3]);
    await host.receive({ type: 'save', requestId: 3 });
    await host.receive({ type: 'settle', requestId: 4 });
    const { bytes } = ofType('saved')[0]!;

    const reopen = async (runId: number) => {
      await host.receive({ type: 'load', requestId: 5, runId, bytes: bytes.slice() });
      await host.receive({ type: 'keep', runId, card, isNew: false });
      await host.receive({ type: 'train', runId });
      runOut();
      await host.receive({ type: 'settle', requestId: 6 });
    };
    await reopen(8);
    expect(statesToldOf()).toEqual([0, 3]);
    await host.receive({ type: 'roll-back', requestId: 9, runId: 9, step: 0 });
    expect(ofType('loaded').at(-1)!.info.step).toBe(0);

    onStep = () => undefined;
    await reopen(10);
    expect(phases().at(-1)).toBe('done');
    onStep = (step) => (step === 4 ? { code: 'diverged', where: '', message: '' } : undefined);
    await reopen(11);
    expect(statesToldOf()).toEqual([3]);
  });
});

describe('writing', () => {
  it('goes before training, from the weights of one step', async () => {
    await start();
    await host.receive({ type: 'train', runId: 7 });
    while (ofType('progress').length < 1) host.work();
    posted = [];
    await host.receive({ type: 'generate', requestId: 9, ...wish });
    while (ofType('writing-ended').length === 0) host.work();
    expect(ofType('generating')).toHaveLength(1);
    expect(ofType('progress')).toHaveLength(0);
    expect(
      ofType('writing-grew')
        .flatMap((event) => event.tokens.map(({ text }) => text))
        .join(''),
    ).toHaveLength(5);
    runOut();
    expect(phases().at(-1)).toBe('done');
  });

  it('stops when asked to', async () => {
    await start();
    await host.receive({
      type: 'generate',
      requestId: 9,
      ...wish,
      options: { ...options, max_tokens: 1e6 },
    });
    host.work();
    await host.receive({ type: 'stop-writing' });
    expect(host.work()).toBe(false);
    expect(ofType('writing-ended')).toHaveLength(1);
  });

  it('tells each token’s probability and what else it might have been', async () => {
    await start();
    await host.receive({ type: 'generate', requestId: 9, ...wish });
    runOut();
    const tokens = ofType('writing-grew').flatMap((event) => event.tokens);
    expect(tokens).toHaveLength(5);
    for (const { text, probability, alternatives } of tokens) {
      expect(probability).toBe(0.5);
      expect(alternatives).toEqual([
        { text, probability: 0.5 },
        { text: 'e', probability: 0.25 },
      ]);
    }
  });

  it('goes on with an earlier text, and ends once the stop text is written', async () => {
    await start();
    const long = { ...options, max_tokens: 1e6 };
    const more = { ...wish, written: ' was', stop: 're', options: long };
    await host.receive({ type: 'generate', requestId: 9, ...more });
    runOut();
    expect(ofType('writing-began').at(-1)).toMatchObject({ prompt: 'fox', written: ' was' });
    const text = ofType('writing-grew')
      .flatMap((event) => event.tokens.map((token) => token.text))
      .join('');
    expect(text.indexOf('re')).toBe(text.length - 2);
    expect(ofType('writing-ended')).toMatchObject([{ error: null }]);
  });

  it('is refused without a model, and where the model cannot read the prompt', async () => {
    await host.receive({ type: 'generate', requestId: 9, ...wish });
    await start();
    await host.receive({ type: 'generate', requestId: 10, ...wish, prompt: '狐' });
    expect(ofType('refused').map(({ error }) => error.code)).toEqual(['state', 'text']);
  });
});

describe('another schedule', () => {
  const rates = { lr: 0.01, minLr: 0.001, gradClip: 1 };
  const slower = { type: 'reschedule', requestId: 8, steps: 9, ...rates } as const;

  it('holds for a run that is going, and its end is the new one', async () => {
    await start();
    await host.receive({ type: 'train', runId: 7 });
    while (ofType('progress').length < 2) host.work();
    await host.receive(slower);
    expect(ofType('rescheduled')[0]?.info.steps).toBe(9);
    runOut();
    expect(phases()).toEqual(['running', 'done']);
    expect(ofType('phase').at(-1)?.step).toBe(9);
    expect(ofType('progress').at(-1)?.lrs.at(-1)).toBeCloseTo(0.01);
  });

  it('lets a finished run go on', async () => {
    await start();
    await host.receive({ type: 'train', runId: 7 });
    runOut();
    await host.receive(slower);
    expect(phases()).toEqual(['running', 'done', 'paused']);
    await host.receive({ type: 'train', runId: 7 });
    runOut();
    expect(ofType('phase').at(-1)).toMatchObject({ phase: 'done', step: 9 });
  });

  it('is refused where it fits nothing', async () => {
    await host.receive(slower);
    await start();
    await host.receive({ ...slower, minLr: 1 });
    expect(ofType('refused').map(({ error }) => error.where)).toEqual(['', 'min_lr']);
  });
});

it('speed is measured while nothing is trained', async () => {
  await host.receive({ type: 'measure', requestId: 8, recipe, seconds: 0.1 });
  expect(ofType('measured')).toMatchObject([{ requestId: 8, flopsPerSecond: 1e9 }]);
  await start();
  await host.receive({ type: 'train', runId: 7 });
  await host.receive({ type: 'measure', requestId: 9, recipe, seconds: 0.1 });
  expect(ofType('refused')).toMatchObject([{ requestId: 9, error: { code: 'state' } }]);
});

describe('a task', () => {
  const arithmetic = corpusOf('arithmetic')!;
  const solved = new TextEncoder().encode(makeText({ corpus: arithmetic, seed: 3 }));
  const startTask = () =>
    host.receive({
      type: 'start',
      requestId: 2,
      runId: 7,
      recipe,
      arithmetic: null,
      bytes: solved,
    });

  it('is asked before anything else and at each evaluation', async () => {
    await startTask();
    await host.receive({ type: 'train', runId: 7 });
    runOut();
    expect(ofType('scored').map(({ step, of }) => [step, of])).toEqual([
      [0, 64],
      [3, 64],
      [6, 64],
    ]);
    expect(phases()).toEqual(['running', 'done']);
  });

  it('is asked at once when it comes back from a file, known by its text alone', async () => {
    await startTask();
    await host.receive({ type: 'step', runId: 7 });
    await host.receive({ type: 'save', requestId: 3 });
    const { bytes } = ofType('saved')[0]!;
    posted = [];
    await host.receive({ type: 'load', requestId: 4, runId: 8, bytes });
    expect(ofType('loaded')[0]!.corpus).toEqual({ key: 'arithmetic', seed: 3 });
    runOut();
    expect(ofType('scored')).toMatchObject([{ runId: 8, step: 1, of: 64 }]);
    expect(phases()).toEqual([]);
  });

  it('takes a step at once while it is asked; the answers of two steps never mix', async () => {
    await startTask();
    host.work();
    await host.receive({ type: 'step', runId: 7 });
    expect(ofType('phase').at(-1)).toMatchObject({ phase: 'paused', step: 1 });
    runOut();
    expect(ofType('scored')).toEqual([]);
  });

  it('is not asked of another text', async () => {
    await start();
    await host.receive({ type: 'train', runId: 7 });
    runOut();
    expect(ofType('scored')).toEqual([]);
  });
});

describe('files', () => {
  it('brings a saved run back with its history, and trains it on', async () => {
    await start(7);
    await host.receive({ type: 'train', runId: 7 });
    while (ofType('progress').length < 4) host.work();
    await host.receive({ type: 'pause', runId: 7 });
    await host.receive({ type: 'save', requestId: 3 });
    const saved = ofType('saved')[0]!;
    posted = [];
    await host.receive({ type: 'load', requestId: 4, runId: 8, bytes: saved.bytes });
    const loaded = ofType('loaded')[0]!;
    expect(loaded.info.step).toBe(saved.step);
    expect(loaded.history.steps.loss).toHaveLength(saved.step);
    expect(new Uint8Array(loaded.text)).toEqual(text);
    await host.receive({ type: 'train', runId: 8 });
    runOut();
    expect(ofType('phase').at(-1)).toMatchObject({ runId: 8, phase: 'done', step: 6 });
  });

  it('keeps the run where another file is refused', async () => {
    await start();
    await host.receive({ type: 'load', requestId: 4, runId: 8, bytes: new Uint8Array(20) });
    expect(ofType('refused')[0]).toMatchObject({ requestId: 4, error: { code: 'file' } });
    await host.receive({ type: 'step', runId: 7 });
    expect(ofType('phase').at(-1)).toMatchObject({ runId: 7, step: 1 });
  });

  it('has nothing to save before there is a run', async () => {
    await host.receive({ type: 'save', requestId: 3 });
    expect(ofType('refused')[0]).toMatchObject({ requestId: 3, error: { code: 'state' } });
  });
});

it('answers only after it was opened', async () => {
  const closed = new Host({
    load: () => Promise.resolve(makeEngineDouble()),
    post: (message) => posted.push(message),
    wake: () => undefined,
    clock: () => 0,
    store: makeStoreDouble(),
  });
  posted = [];
  await closed.receive({ type: 'inspect', requestId: 5, bytes: text, tokenizer: 'char' });
  expect(ofType('refused')).toMatchObject([{ requestId: 5, error: { code: 'state' } }]);
});

it('finds the tokens of a text', async () => {
  await host.receive({ type: 'tokenize', requestId: 6, bytes: text, tokenizer: 'bpe:300' });
  const [{ requestId, ids, merges } = { ids: [] as never }] = ofType('tokenized');
  expect({ requestId, merges }).toEqual({ requestId: 6, merges: '' });
  expect(String.fromCodePoint(...ids)).toBe(new TextDecoder().decode(text));
  await host.receive({
    type: 'tokenize',
    requestId: 7,
    bytes: new Uint8Array(),
    tokenizer: 'bpe:300',
  });
  expect(ofType('refused')).toMatchObject([{ requestId: 7, error: { code: 'text' } }]);
});
