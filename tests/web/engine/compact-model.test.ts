// A model as it travels in a link, through the real bindings: packed, put into a link, read, opened.
import { beforeAll, describe, expect, it } from 'vitest';
import { corpora, makeText } from '../../../web/src/corpora/corpora';
import { loadEngine } from '../../../web/src/engine/load';
import type { Engine, EngineSession } from '../../../web/src/engine/types';
import { presets } from '../../../web/src/recipe/presets';
import { limits, recipeFrom } from '../../../web/src/recipe/schema';
import { decodeLink, encodeLink, LONGEST_LINK } from '../../../web/src/share/link';
import { bare } from '../share/examples';

const text = new TextEncoder().encode(makeText({ corpus: corpora[0]!, seed: 5 }, 20_000));
const recipe = { ...presets[0]!.recipe, steps: 300, warmup_steps: 20 };

let engine: Engine;
let session: EngineSession;
let packed: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  engine = await loadEngine({ name: 'simd-single', threads: 1 });
  session = new engine.Session(1);
  expect(session.start(JSON.stringify(recipe), text, 'strict').code).toBe('');
  for (let step = 0; step < 300; step++) expect(session.step().error.code).toBe('');
  packed = new Uint8Array(session.packModel().bytes);
});

function write(from: EngineSession, prompt = 'Once', temperature = 0): string {
  const options = { temperature, top_k: 0, top_p: 1, seed: 3, max_tokens: 80, alternatives: 0 };
  expect(from.beginSample(prompt, options).code).toBe('');
  let written = '';
  for (let done = false; !done;) {
    const report = from.nextSample();
    written += report.text;
    done = report.done;
  }
  return written;
}

describe('a packed model', () => {
  it('goes through a link of four letters for three weights, and opens', async () => {
    const link = await encodeLink({ ...bare, recipe, model: packed });
    expect(link.length).toBeLessThan(1.4 * session.info().parameters);
    const { value } = await decodeLink(link);
    expect(value?.model).toEqual(packed);
    const other = new engine.Session(1);
    const report = other.openModel(value!.model!);
    expect(report).toMatchObject({ error: { code: '' }, step: 300 });
    expect(recipeFrom(report.recipe_json)).toEqual(recipe);
    expect(report.parameters).toBe(session.info().parameters);
    expect(other.hasRun()).toBe(false);
    expect(other.step().error.code).toBe('state');
    expect(other.save().error.code).toBe('state');
    other.delete();
  });

  it('writes the same wherever it is opened, and greedily what the run writes', async () => {
    const threaded = await loadEngine({ name: 'simd-threads', threads: 2 });
    const [one, two] = [new engine.Session(1), new threaded.Session(2)];
    for (const each of [one, two]) expect(each.openModel(packed).error.code).toBe('');
    expect(write(one)).toBe(write(two));
    expect(write(one, 'Once', 0.9)).toBe(write(two, 'Once', 0.9));
    expect(write(one)).toBe(write(session));
    one.delete();
    two.delete();
  });

  it('gives way to a run, and the run stays where a model is refused', () => {
    const other = new engine.Session(1);
    other.openModel(packed);
    expect(other.start(JSON.stringify({ ...recipe, steps: 1 }), text, 'strict').code).toBe('');
    expect(other.hasRun()).toBe(true);
    const report = other.openModel(packed.slice(0, 100));
    expect(report.error.code).toBe('file');
    expect(other.step().error.code).toBe('');
    other.delete();
  });

  it('of the first recipe that a newcomer trains fits into a link', async () => {
    const other = new engine.Session(1);
    expect(other.start(JSON.stringify(presets[1]!.recipe), text, 'strict').code).toBe('');
    other.step();
    const model = new Uint8Array(other.packModel().bytes);
    expect(model.length).toBeLessThan(limits.max_model_bytes);
    expect((await encodeLink({ ...bare, model })).length).toBeLessThan(LONGEST_LINK);
    other.delete();
  });
});

describe('bytes that are no model', () => {
  it.each([
    ['none', new Uint8Array()],
    ['noise', Uint8Array.from({ length: 4096 }, (_, i) => (i * 89) % 256)],
    ['a header of no end', Uint8Array.from([255, 255, 255, 255, 255, 255, 255, 127, 123])],
  ])('%s are refused with a sentence', (_, bytes) => {
    const other = new engine.Session(1);
    const { error } = other.openModel(bytes);
    expect(error.code).toBe('file');
    expect(error.message).toMatch(/^[A-Z].*\.$/);
    other.delete();
  });

  it('more of them than can be are refused before they are read', () => {
    const other = new engine.Session(1);
    const bytes = new Uint8Array(limits.max_model_bytes + 1);
    expect(other.openModel(bytes).error.message).toMatch(/larger than/);
    other.delete();
  });
});
