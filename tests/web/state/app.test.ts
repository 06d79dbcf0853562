import { beforeEach, describe, expect, it } from 'vitest';
import { corpusOf } from '../../../web/src/corpora/corpora';
import type { App } from '../../../web/src/state/app';
import { file, Stage } from '../doubles/app';
import { until } from '../doubles/until';

let stage: Stage;
let app: App;
beforeEach(async () => {
  stage = await Stage.begin();
  ({ app } = stage);
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

describe('a task', () => {
  beforeEach(() => app.bring.useCorpus(corpusOf('arithmetic')!, 42));

  it('is asked before the first step and at each evaluation', async () => {
    await app.control.toggle();
    await stage.finish();
    await until(() => app.accuracy.latest.value?.step === 20);
    expect(app.accuracy.scores.value.map(({ step }) => step)).toEqual([0, 10, 20]);
  });

  it('is known again after it was saved and opened, and asked at once', async () => {
    await stage.pausedAt(3);
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
    await stage.pausedAt(1);
    app.writing.prompt.value = 'Once';
    app.writing.setOption('max_tokens', '12');
    await app.write.generate();
    await until(() => !app.writing.busy.value);
    expect(app.writing.writings.value[0]).toMatchObject({ asked: true, prompt: 'Once', step: 1 });
    expect(app.writing.writings.value[0]?.text.value).toHaveLength(12);
  });

  it('goes on where a text ended, in its place, and again with another seed', async () => {
    await stage.pausedAt(1);
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
    await stage.pausedAt(1);
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
    await stage.pausedAt(1);
    app.writing.setOption(name, value);
    await app.write.generate();
    expect(app.writing.error.value?.message).toMatch(words);
  });

  it('says that there is no model yet', async () => {
    await app.write.generate();
    expect(app.writing.error.value?.message).toMatch(/no model yet/);
  });
});
