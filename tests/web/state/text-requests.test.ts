import { beforeEach, describe, expect, it } from 'vitest';
import { corpusOf } from '../../../web/src/corpora/corpora';
import { limits } from '../../../web/src/recipe/schema';
import type { App } from '../../../web/src/state/app';
import { readingsOf } from '../../../web/src/text/readings';
import { file, story, Stage } from '../doubles/app';
import { until } from '../doubles/until';

let app: App;
beforeEach(async () => void ({ app } = await Stage.begin()));

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
