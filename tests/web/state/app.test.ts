import { beforeEach, describe, expect, it } from 'vitest';
import { corpusOf } from '../../../web/src/corpora/corpora';
import type { EngineError } from '../../../web/src/engine/types';
import { App } from '../../../web/src/state/app';
import { limits } from '../../../web/src/recipe/schema';
import { readingsOf } from '../../../web/src/text/readings';
import { makeEngineDouble } from '../doubles/engine';
import { until } from '../doubles/until';
import { WorkerDouble } from '../doubles/worker';

let app: App;
let workers: WorkerDouble[];
let onStep: (step: number) => EngineError | undefined;

beforeEach(async () => {
  workers = [];
  onStep = () => undefined;
  app = new App(
    () => {
      const load = () => Promise.resolve(makeEngineDouble({ onStep: (step) => onStep(step) }));
      const worker = new WorkerDouble(load);
      workers.push(worker);
      return worker;
    },
    { name: 'simd-single', threads: 1 },
  );
  await app.begin();
  app.recipe.set('steps', '20');
  app.recipe.set('eval_every', '10');
  await until(() => app.recipe.plan.value !== null);
});

const finish = () => until(() => app.run.phase.value === 'done');
const file = (words: string | Uint8Array<ArrayBuffer>, name = 'a.txt') => new File([words], name);
const story = 'A fox sat by the well. '.repeat(100);

async function pausedAt(step: number) {
  for (let next = app.run.step.value + 1; next <= step; next++) {
    await app.control.single();
    await until(() => app.run.step.value === next && app.run.fingerprint.value !== null);
  }
}

describe('a run', () => {
  it('trains to its end and can be read off', async () => {
    await app.control.toggle();
    await finish();
    expect(app.run.step.value).toBe(20);
    expect(app.run.losses.lastStep).toBe(20);
    expect(app.run.evaluations.toArray().map(({ step }) => step)).toEqual([10, 20]);
    expect(app.run.fingerprint.value).toMatch(/^[0-9a-f]{16}$/);
    expect(app.writing.writings.value.map(({ step }) => step)).toEqual([20, 10, 0]);
    expect(app.control.mainAction.value).toBe('train-anew');
  });

  it('goes on after a pause, or begins anew where the recipe was changed', async () => {
    await pausedAt(2);
    expect(app.control.mainAction.value).toBe('resume');
    app.recipe.set('seed', '5');
    expect(app.control.mainAction.value).toBe('train-anew');
    app.control.returnToRun();
    await until(() => app.control.mainAction.value === 'resume');
    await app.control.toggle();
    await finish();
    expect(app.run.step.value).toBe(20);
  });

  it('can be had back after a reset', async () => {
    await pausedAt(3);
    const fingerprint = app.run.fingerprint.value;
    await app.keeper.reset();
    expect(app.run.phase.value).toBe('none');
    await app.undo.take();
    expect(app.run.step.value).toBe(3);
    expect(app.run.fingerprint.value).toBe(fingerprint);
    await app.control.toggle();
    await finish();
    expect(app.run.losses.lastStep).toBe(20);
  });

  it('that was reset can be had back after a second press, too', async () => {
    await pausedAt(2);
    await app.keeper.reset();
    await app.keeper.reset();
    expect(app.undo.last.value).not.toBeNull();
  });

  it('takes no step once it is finished, unless as another run', async () => {
    await app.control.toggle();
    await finish();
    const { runId } = app.run.run.value!;
    expect(app.control.canStep.value).toBe(false);
    await app.control.single();
    expect(app.run.run.value?.runId).toBe(runId);
    app.recipe.set('seed', '5');
    expect(app.control.canStep.value).toBe(true);
    await app.control.single();
    await until(() => app.run.step.value === 1);
    expect(app.run.run.value?.runId).not.toBe(runId);
  });

  it('is as long as its recipe said, the next as long as the controls say', async () => {
    expect(app.control.steps.value).toBe(20);
    app.recipe.set('steps', '30');
    expect(app.control.steps.value).toBe(30);
    app.recipe.set('lr', 'fast');
    expect(app.control.steps.value).toBe(30);
    app.recipe.set('steps', 'many');
    expect(app.control.steps.value).toBe(0);
    app.recipe.set('lr', '0.001');
    app.recipe.set('steps', '20');
    await pausedAt(1);
    app.recipe.set('steps', '30');
    expect(app.control.steps.value).toBe(20);
  });

  it('is looked at as a whole at first', async () => {
    await pausedAt(3);
    app.chart.show({ from: 1, to: 9 }, 20);
    await app.control.single();
    await until(() => app.run.step.value === 4);
    expect(app.chart.range.value).toEqual({ from: 1, to: 9 });
    await app.keeper.reset();
    expect(app.chart.range.value).toBeNull();
  });

  it('can be had back after another began', async () => {
    await pausedAt(3);
    app.recipe.set('seed', '5');
    await app.control.toggle();
    await finish();
    expect(app.run.run.value?.recipe.seed).toBe(5);
    await app.undo.take();
    expect(app.run.step.value).toBe(3);
    expect(app.recipe.recipe.value?.seed).toBe(1337);
  });

  it('that fails says why, and can still be saved', async () => {
    const error = { code: 'state', where: '', message: 'The loss is not finite.' };
    onStep = (step) => (step === 4 ? error : undefined);
    await app.control.toggle();
    await until(() => app.run.phase.value === 'failed');
    expect(app.run.error.value).toEqual(error);
    expect(app.run.step.value).toBe(3);
    expect((await app.files.save())?.name).toBe('tiny-stories-step-3.safetensors');
  });
});

describe('a schedule that is changed on the way', () => {
  it('is taken over by Resume, recorded, and can be undone', async () => {
    await pausedAt(3);
    app.recipe.set('lr', '0.001');
    app.recipe.set('steps', '25');
    expect(app.control.changes.value).toEqual(['steps', 'lr']);
    expect(app.control.mainAction.value).toBe('resume');
    await app.control.toggle();
    await finish();
    expect(app.run.step.value).toBe(25);
    expect(app.control.differs.value).toBe(false);
    expect(app.run.lrs.at(3)).toBeCloseTo(0.002);
    expect(app.run.lrs.at(4)).toBeCloseTo(0.001);
    expect(app.run.pastSchedules.value).toEqual([
      { until: 3, steps: 20, lr: 0.002, minLr: 0.0002 },
    ]);
  });

  it('is put back by undo', async () => {
    await pausedAt(3);
    app.recipe.set('lr', '0.001');
    await app.control.single();
    await until(() => app.run.step.value === 4);
    expect(app.undo.last.value?.label).toBe('Learning rate 0.001 from step 4 on.');
    await app.undo.take();
    expect(app.run.run.value?.recipe.lr).toBe(0.002);
    expect(app.recipe.recipe.value?.lr).toBe(0.002);
    expect(app.control.mainAction.value).toBe('resume');
  });

  it('lets a finished run go on', async () => {
    await app.control.toggle();
    await finish();
    const { runId } = app.run.run.value!;
    app.recipe.set('steps', '35');
    expect(app.control.mainAction.value).toBe('resume');
    await app.control.toggle();
    await until(() => app.run.step.value === 35);
    expect(app.run.run.value).toMatchObject({ runId, recipe: { steps: 35 } });
    expect(app.run.pastSchedules.value).toMatchObject([{ until: 20, steps: 20 }]);
  });

  it('is another run where that is what is wanted, or all that can be', async () => {
    await pausedAt(3);
    app.recipe.set('lr', '0.001');
    const { runId } = app.run.run.value!;
    await app.control.trainAnew();
    await finish();
    expect(app.run.run.value?.runId).not.toBe(runId);
    expect(app.run.pastSchedules.value).toEqual([]);
    app.recipe.set('steps', '10'); // fewer than were taken
    expect(app.control.changes.value).toEqual([]);
    expect(app.control.mainAction.value).toBe('train-anew');
    app.recipe.set('steps', '30');
    app.recipe.set('dropout', '0.5');
    expect(app.control.changes.value).toEqual([]);
  });

  it('that the engine refuses is explained beside its control, and the run is as it was', async () => {
    await pausedAt(3);
    app.recipe.set('min_lr', '5');
    await app.control.toggle();
    expect(app.run.phase.value).toBe('paused');
    expect(app.recipe.errors.value.min_lr).toMatch(/^Final rate is 5/);
    expect(app.view.attention.value).toEqual({ name: 'min_lr' });
  });
});

describe('after a crash', () => {
  beforeEach(async () => {
    onStep = (step) => {
      if (step === 5) throw new Error('memory access out of bounds');
      return undefined;
    };
    await app.control.toggle();
    await until(() => app.run.phase.value === 'failed');
    await until(() => app.engine.status.value.name === 'ready');
  });

  it('says so, and keeps text, recipe and curve', () => {
    expect(app.run.error.value).toMatchObject({ code: 'crash' });
    expect(app.run.error.value?.message).toContain('memory access out of bounds');
    expect(app.text.text.value?.corpus).toBe('tiny-stories');
    expect(app.recipe.entries.value.steps).toBe('20');
    expect(app.writing.writings.value.every(({ done }) => done.value)).toBe(true);
  });

  it('a new worker trains anew', async () => {
    expect(workers).toHaveLength(2);
    expect(workers[0]?.terminated).toBe(true);
    onStep = () => undefined;
    await app.control.toggle();
    await finish();
    expect(app.run.step.value).toBe(20);
  });
});

describe('texts', () => {
  it('a dropped text takes the place of the one before, and that can be undone', async () => {
    await app.bring.openFile(file(story, 'fox.txt'));
    expect(app.text.text.value?.name).toBe('fox.txt');
    expect(app.text.report.value?.bytes).toBe(story.length);
    await app.undo.take();
    expect(app.text.text.value?.corpus).toBe('tiny-stories');
  });

  it.each([
    ['empty', file('')],
    ['not UTF-8', file(new Uint8Array([0x66, 0xff, 0xfe, 0x00]))],
  ])('one that is %s is refused, and the one before kept', async (_, bad) => {
    const { value: before } = app.text.report;
    await app.bring.openFile(bad);
    expect(app.text.error.value?.message).toBeTruthy();
    expect(app.text.text.value?.corpus).toBe('tiny-stories');
    expect(app.text.report.value).toBe(before);
    await app.bring.usePasted(story);
    expect(app.text.error.value).toBeNull();
  });

  it('one on its way in arrives, though the tokenizer changes meanwhile', async () => {
    const offered = app.bring.usePasted(story);
    app.recipe.set('tokenizer', 'byte');
    await offered;
    expect(app.text.text.value?.name).toBe('pasted text');
    expect(app.text.reading.value).toBeNull();
  });

  it('one that is too large is refused before it is read', async () => {
    const huge = file('x', 'huge.txt');
    Object.defineProperty(huge, 'size', { value: limits.max_text_bytes + 1 });
    huge.arrayBuffer = () => Promise.reject(new Error('was read'));
    await app.bring.openFile(huge);
    expect(app.text.error.value?.message).toMatch(/^“huge\.txt” has .*; a text may have up to /);
  });

  it('several are joined, and can be taken back', async () => {
    await app.bring.openFiles([file(story, 'b.txt'), file(story.toUpperCase(), 'a.txt')]);
    const { text } = app.text;
    expect(new TextDecoder().decode(text.value?.bytes)).toBe(`${story.toUpperCase()}\n${story}`);
    expect(text.value?.parts).toEqual(['a.txt', 'b.txt']);
    await app.undo.take();
    expect(text.value?.corpus).toBe('tiny-stories');
  });

  it('of several the one that is no UTF-8 is named, and can be read otherwise', async () => {
    const bad = file(Uint8Array.from([...new TextEncoder().encode(story), 0xdf]), 'b.txt');
    await app.bring.openFiles([file(story, 'a.txt'), bad, file(story, 'c.txt')]);
    expect(app.text.error.value?.message).toMatch(/^“b\.txt”: /);
    expect(app.text.text.value?.corpus).toBe('tiny-stories');
    const [windows1252] = readingsOf(app.text.refused.value!.bytes);
    await app.bring.useReading(windows1252!);
    expect(app.text.error.value).toBeNull();
    const joined = new TextDecoder().decode(app.text.text.value?.bytes);
    expect(joined).toBe(`${story}\n${story}ß\n${story}`);
  });

  it('one that is no UTF-8 can be read otherwise', async () => {
    await app.bring.openFile(file(Uint8Array.from([0x53, 0xdf, 0x0a]), 'german.txt'));
    const [, replacing] = readingsOf(app.text.refused.value!.bytes);
    await app.bring.useReading(replacing!);
    expect(app.text.text.value?.name).toBe('german.txt, mended');
    expect(app.text.refused.value).toBeNull();
    await app.undo.take();
    expect(app.text.text.value?.corpus).toBe('tiny-stories');
  });

  it('a sample is made anew from another seed, and comes back with undo', async () => {
    const first = app.text.text.value;
    await app.bring.useCorpus(corpusOf('dates')!, 7);
    expect(app.text.text.value).toMatchObject({ corpus: 'dates', seed: 7 });
    expect(app.undo.last.value?.label).toBe('“dates, seed 7” took the place of “tiny stories”.');
    await app.undo.take();
    expect(app.text.text.value).toBe(first);
  });

  it('one too short for the context is said to be, and nothing starts', async () => {
    await app.bring.usePasted('abc');
    await app.control.toggle();
    expect(app.run.phase.value).toBe('none');
    expect(app.recipe.textProblem.value).toMatch(/^The text has 3 tokens/);
    app.recipe.set('block_size', '32');
    await until(() => app.recipe.textProblem.value === null);
  });
});

describe('recipes', () => {
  it.each([
    ['n_layer', '0'],
    ['n_embd', '-8'],
    ['steps', '1e99'],
    ['lr', 'fast'],
  ])('%s of %s starts nothing and draws attention', async (name, entry) => {
    app.recipe.set(name, entry);
    await app.control.toggle();
    expect(app.run.phase.value).toBe('none');
    expect(app.recipe.errors.value[name]).toBeTruthy();
    expect(app.view.attention.value).toEqual({ name });
  });

  it('what only the engine sees is told beside its control', async () => {
    app.recipe.set('n_head', '5');
    await until(() => 'n_embd' in app.recipe.errors.value);
    await app.control.toggle();
    expect(app.run.phase.value).toBe('none');
    expect(app.recipe.plan.value).toBeNull();
    app.recipe.set('n_head', 'five');
    expect(Object.keys(app.recipe.errors.value)).toEqual(['n_head']);
    app.recipe.set('n_head', '4');
    await until(() => app.recipe.plan.value !== null);
    expect(app.recipe.errors.value).toEqual({});
  });
});

describe('files', () => {
  it('a saved run is opened in a new page, and goes on', async () => {
    await pausedAt(7);
    const saved = await app.files.save();
    expect(saved?.name).toBe('tiny-stories-step-7.safetensors');
    await app.keeper.reset();
    app.recipe.set('seed', '99');
    await app.bring.openFile(file(saved!.bytes, 'renamed'));
    expect(app.run.step.value).toBe(7);
    expect(app.run.losses.lastStep).toBe(7);
    expect(app.recipe.recipe.value?.seed).toBe(1337);
    await until(() => app.control.mainAction.value === 'resume');
    await app.control.toggle();
    await finish();
  });

  it('a foreign file is refused, and the run kept', async () => {
    await pausedAt(2);
    await app.bring.openFile(file('not tensors at all', 'foreign.safetensors'));
    expect(app.keeper.error.value?.code).toBe('file');
    expect(app.run.step.value).toBe(2);
    await app.control.single();
    await until(() => app.run.step.value === 3);
  });
});

describe('a task', () => {
  beforeEach(() => app.bring.useCorpus(corpusOf('arithmetic')!, 42));

  it('is asked before the first step and at each evaluation', async () => {
    await app.control.toggle();
    await finish();
    await until(() => app.accuracy.latest.value?.step === 20);
    expect(app.accuracy.scores.value.map(({ step }) => step)).toEqual([0, 10, 20]);
  });

  it('is known again after it was saved and opened, and asked at once', async () => {
    await pausedAt(3);
    const saved = await app.files.save();
    await app.keeper.reset();
    await app.bring.useCorpus(corpusOf('tiny-stories')!);
    expect(app.accuracy.latest.value).toBeNull();
    await app.bring.openFile(file(saved!.bytes, 'renamed.safetensors'));
    expect(app.text.text.value).toMatchObject({ corpus: 'arithmetic', seed: 42 });
    await until(() => app.accuracy.latest.value !== null);
    expect(app.accuracy.latest.value).toMatchObject({ step: 3, of: 64 });
  });
});

describe('writing', () => {
  it('streams from the reader’s prompt', async () => {
    await pausedAt(1);
    app.writing.prompt.value = 'Once';
    app.writing.setOption('max_tokens', '12');
    await app.write.generate();
    await until(() => !app.writing.busy.value);
    expect(app.writing.writings.value[0]).toMatchObject({ asked: true, prompt: 'Once', step: 1 });
    expect(app.writing.writings.value[0]?.text.value).toHaveLength(12);
  });

  it('goes on where a text ended, in its place, and again with another seed', async () => {
    await pausedAt(1);
    app.writing.prompt.value = 'Once';
    app.writing.setOption('max_tokens', '12');
    await app.write.generate();
    await until(() => !app.writing.busy.value);
    const first = app.writing.writings.value[0]!;
    const before = app.writing.writings.value.length;
    await app.write.goOn(first);
    await until(() => !app.writing.busy.value);
    expect(app.writing.writings.value).toHaveLength(before);
    const longer = app.writing.writings.value[0]!;
    expect(longer.prompt).toBe('Once');
    expect(longer.text.value).toHaveLength(24);
    expect(longer.text.value.startsWith(first.text.value)).toBe(true);
    expect(longer.tokens).toHaveLength(24);

    await app.write.again(longer);
    await until(() => !app.writing.busy.value);
    expect(app.writing.options.value.seed).toBe('2');
    expect(app.writing.writings.value).toHaveLength(before + 1);
    expect(app.writing.writings.value[0]).toMatchObject({ prompt: 'Once', asked: true });
    expect(app.writing.writings.value[0]?.text.value).not.toBe(first.text.value);
  });

  it('ends once the stop text has been written', async () => {
    await pausedAt(1);
    app.writing.setOption('max_tokens', '100000');
    app.writing.stop.value = 'e';
    await app.write.generate();
    await until(() => !app.writing.busy.value);
    const text = app.writing.writings.value[0]!.text.value;
    expect(text.indexOf('e')).toBe(text.length - 1);
  });

  it.each([
    ['temperature', 'hot', /Temperature is “hot”/],
    ['top_k', '', /Top-k is empty/],
    ['seed', '1.5', /Seed is 1\.5; it must be a whole number/],
  ] as const)('%s of "%s" is refused', async (name, value, words) => {
    await pausedAt(1);
    app.writing.setOption(name, value);
    await app.write.generate();
    expect(app.writing.error.value?.message).toMatch(words);
  });

  it('says that there is no model yet', async () => {
    await app.write.generate();
    expect(app.writing.error.value?.message).toMatch(/no model yet/);
  });
});
