import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { holdModel, isPart, modelFiles } from '../../../web/src/exchange/foreign-files';
import { writeArchive } from '../../../web/src/storage/archive';

const encoder = new TextEncoder();
const json = (words: string) => encoder.encode(words);

// A safetensors file that says so much of itself, and has no data.
function tensors(header: object): Uint8Array<ArrayBuffer> {
  const words = json(JSON.stringify(header));
  const bytes = new Uint8Array(8 + words.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(words.length), true);
  bytes.set(words, 8);
  return bytes;
}
const foreign = tensors({ __metadata__: { format: 'pt' } });
const text = (size: number) => ({ dtype: 'U8', shape: [size], data_offsets: [0, size] });
const run = tensors({ __metadata__: { clearformer: '1' }, text: text(9) });
const modelAlone = tensors({ __metadata__: { clearformer: '1' }, text: text(0) });

const file = (name: string, bytes: Uint8Array<ArrayBuffer>) => new File([bytes], name);
const folder = {
  'model.safetensors': foreign,
  'config.json': json('{"n_layer":1}'),
  'tokenizer.json': json('{}'),
  'README.md': json('# A model'),
};
const zip = (files: Record<string, Uint8Array>, name = 'a.zip') => file(name, zipSync(files));
const inFolder = Object.fromEntries(
  Object.entries(folder).map(([name, bytes]) => [`some/folder/${name}`, bytes]),
);
const files = Object.entries(folder).map(([name, bytes]) => file(name, bytes));

const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];

describe('files hold a model', () => {
  it.each([
    ['a folder’s, dropped together', files],
    ['a zip of a folder', [zip(inFolder)]],
    ['a zip of its files', [zip(folder)]],
    ['tensors alone, which may say all themselves', [file('nano.safetensors', foreign)]],
    ['a folder’s, its tensors in shards', shards.map((name) => file(name, foreign))],
    ['a zip of shards', [zip(Object.fromEntries(shards.map((name) => [`a/${name}`, foreign])))]],
    ['of ours, without a text', [file('model.safetensors', modelAlone)]],
  ])('where they are %s', async (_, files) => {
    expect(await holdModel(files)).toBe(true);
  });

  it.each([
    ['a saved run', [file('run.safetensors', run)]],
    ['a damaged one', [file('run.safetensors', run.slice(0, 30))]],
    ['texts', [file('a.txt', json('a')), file('b.txt', json('b'))]],
    ['two models', [file('a.safetensors', foreign), file('b.safetensors', foreign)]],
    ['a zip of something else', [zip({ 'a.txt': json('a') })]],
    ['a broken zip', [file('a.zip', json('PK\u0003\u0004 no more'))]],
    ['nothing', []],
  ])('but not where they are %s', async (_, files) => {
    expect(await holdModel(files)).toBe(false);
  });

  it('but not where they are an archive of runs', async () => {
    const runs = async function* () {
      yield await Promise.resolve({ id: 'a1', file: run });
    };
    const about = { id: 'a1', name: 'a', text: { name: 'a', corpus: null }, forkedFrom: null };
    const archive = await writeArchive([{ ...about, writings: [] }], runs());
    expect(await holdModel([new File([archive], 'runs.zip')])).toBe(false);
  });
});

describe('a model’s files', () => {
  const named = (files: Record<string, Uint8Array<ArrayBuffer>>) =>
    Object.entries(files).map(([name, bytes]) => ({ name, bytes }));
  const expected = {
    tensors: [foreign],
    config: folder['config.json'],
    tokenizer: folder['tokenizer.json'],
  };

  it('are found by their names, in any order', () => {
    expect(modelFiles(named(folder).reverse())).toEqual(expected);
  });

  it('are told from what else lies in a folder', () => {
    const names = [...Object.keys(folder), 'pytorch_model.bin', ...shards];
    expect(names.filter((name) => !isPart({ name }))).toEqual(['README.md', 'pytorch_model.bin']);
  });

  it('come out of a zip, the rest of which stays packed', () => {
    const zipped = { ...inFolder, 'some/folder/huge.bin': new Uint8Array(1000) };
    expect(modelFiles(named({ 'a.zip': zipSync(zipped) }))).toEqual(expected);
  });

  it('are all of its shards, in a zip as well', () => {
    const parts = Object.fromEntries(shards.map((name) => [name, foreign]));
    const { config } = expected;
    const both: Record<string, Uint8Array<ArrayBuffer>>[] = [
      { ...parts, 'config.json': config },
      { 'a.zip': zipSync(parts) },
    ];
    for (const files of both)
      expect(modelFiles(named(files))).toMatchObject({ tensors: [foreign, foreign] });
  });

  it('may be missing', () => {
    const { config, tokenizer } = modelFiles(named({ 'a.safetensors': foreign })) as {
      config: Uint8Array;
      tokenizer: Uint8Array;
    };
    expect([config.length, tokenizer.length]).toEqual([0, 0]);
  });

  it('of a zip that is damaged are none', () => {
    const packed = zipSync({ 'model.safetensors': [new Uint8Array(5000), { level: 9 }] });
    packed.fill(0xff, 50, 60);
    expect(modelFiles([{ name: 'a.zip', bytes: packed }])).toBe(
      '“a.zip” is damaged: it cannot be unpacked.',
    );
  });

  it('that a zip says to be too large are not unpacked', () => {
    const lying = zipSync({ 'config.json': json('{}') });
    // The original size in the directory at the zip's end.
    const view = new DataView(lying.buffer);
    const directory = view.getUint32(lying.length - 6, true);
    view.setUint32(directory + 24, 0xfffffff0, true);
    expect(modelFiles([{ name: 'a.zip', bytes: lying }])).toMatchObject({
      config: new Uint8Array(),
    });
  });
});
