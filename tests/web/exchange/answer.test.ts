// The exchange as WebAssembly writes what the command line writes, and reads it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import create from '../../../web/src/engine/generated/exchange/exchange.mjs';
import { loadEngine } from '../../../web/src/engine/load';
import { answer, type ExchangeModule } from '../../../web/src/exchange/answer';
import type { ExportFormat, GgufType, NamedFile } from '../../../web/src/exchange/messages';
import { Folder, succeed } from '../../engine/cli/run';
import { small, text, trainRun } from '../../engine/cli/small';

const folder = new Folder();
const llamaShape = {
  ...{ tokenizer: 'bpe:300', norm: 'rmsnorm', activation: 'swiglu', position: 'rotary' },
  ...{ n_head: 4, n_kv_head: 2, tied_head: false },
};
let run: string;
let llama: string;
let exchange: ExchangeModule;
beforeAll(async () => {
  run = trainRun(folder, 'run', { ...small, n_head: 3, n_embd: 33, bias: true }, `${text}Zoë 狐\n`);
  llama = trainRun(folder, 'llama', { ...small, ...llamaShape }, text);
  exchange = await create();
});
afterAll(() => folder.remove());

const textBytes = () => new Uint8Array(readFileSync(`${run}.txt`));

function exported(format: ExportFormat, dtype: GgufType = 'f32'): NamedFile {
  const question = { type: 'export', run: readFileSync(run), format, dtype, name: 'fox' } as const;
  const given = answer(exchange, question);
  if (given.type !== 'exported') throw new Error(JSON.stringify(given));
  return given.file;
}

describe('an export', () => {
  it.each([
    ['gguf', 'fox.gguf'],
    ['nanogpt', 'fox-nanogpt.safetensors'],
  ] as const)('as %s is the command line’s', (format, name) => {
    const out = folder.at(format);
    succeed('export', '--model', run, '--to', format, '--out', out);
    const file = exported(format);
    expect(file.name).toBe(name);
    expect(Buffer.from(file.bytes).equals(readFileSync(out))).toBe(true);
  });

  it.each(['f16', 'q8_0'] as const)('as gguf of %s is the command line’s', (dtype) => {
    const out = folder.at(dtype);
    succeed('export', '--model', run, '--to', 'gguf', '--dtype', dtype, '--out', out);
    expect(Buffer.from(exported('gguf', dtype).bytes).equals(readFileSync(out))).toBe(true);
  });

  it('for Hugging Face is a zip of the command line’s folder', () => {
    const out = folder.at('hf');
    succeed('export', '--model', run, '--to', 'hf', '--out', out);
    const file = exported('hf');
    expect(file.name).toBe('fox-hf.zip');
    const entries = unzipSync(file.bytes);
    expect(Object.keys(entries).sort()).toEqual(
      readdirSync(out)
        .sort()
        .map((name) => `fox-hf/${name}`),
    );
    for (const [path, bytes] of Object.entries(entries))
      expect(readFileSync(join(out, path.slice('fox-hf/'.length))).equals(bytes)).toBe(true);
    expect(exported('hf').bytes).toEqual(file.bytes);
  });

  it('of a Llama of pairs of bytes is the command line’s; nanoGPT has no place for it', () => {
    const question = {
      type: 'export',
      run: readFileSync(llama),
      dtype: 'q8_0',
      name: 'a',
    } as const;
    const given = answer(exchange, { ...question, format: 'gguf' });
    if (given.type !== 'exported') throw new Error(JSON.stringify(given));
    const out = folder.at('llama.gguf');
    succeed('export', '--model', llama, '--to', 'gguf', '--dtype', 'q8_0', '--out', out);
    expect(Buffer.from(given.file.bytes).equals(readFileSync(out))).toBe(true);
    expect(answer(exchange, { ...question, format: 'nanogpt' })).toMatchObject({
      error: { message: expect.stringContaining('It can leave as hf or gguf.') as string },
    });
  });

  it('of what is no run is refused', () => {
    const question = {
      type: 'export',
      run: new Uint8Array(9),
      format: 'hf',
      dtype: 'f32',
      name: 'a',
    } as const;
    expect(answer(exchange, question)).toMatchObject({ type: 'refused', error: { code: 'file' } });
  });
});

describe('an import', () => {
  it.each(['hf', 'nanogpt'] as const)('from %s begins a run with that model', async (format) => {
    const given = answer(exchange, {
      type: 'import',
      files: [exported(format)],
      text: textBytes(),
      lora: { rank: 0, alpha: 16 },
    });
    if (given.type !== 'imported') throw new Error(JSON.stringify(given));
    const engine = await loadEngine({ name: 'simd-single', threads: 1 });
    const session = new engine.Session(1);
    expect(session.load(given.run).message).toBe('');
    const { events } = succeed('info', '--model', run, '--json');
    expect(session.fingerprint()).toBe(events[0]!.fingerprint);
    expect(session.info().step).toBe(0);
    expect(session.step().error.message).toBe('');
    session.delete();
  });

  it('that cannot be is refused with a sentence', () => {
    const refused = (files: readonly NamedFile[]) =>
      answer(exchange, { type: 'import', files, text: textBytes(), lora: { rank: 0, alpha: 16 } });
    const { bytes } = exported('hf');
    const entries = unzipSync(bytes);
    const tensors = entries['fox-hf/model.safetensors'] as Uint8Array<ArrayBuffer>;
    expect(refused([{ name: 'model.safetensors', bytes: tensors }])).toMatchObject({
      type: 'refused',
      error: { message: expect.stringContaining('put its config.json beside it') as string },
    });
    expect(refused([{ name: 'a.zip', bytes: bytes.slice(0, 200) }])).toMatchObject({
      error: { message: '“a.zip” is damaged: it cannot be unpacked.' },
    });
  });
});

it('the engine takes no run without a text', async () => {
  const { importModel } = exchange;
  const alone = importModel(
    [readFileSync(run)],
    new Uint8Array(),
    new Uint8Array(),
    new Uint8Array(),
    0,
    16,
  );
  const engine = await loadEngine({ name: 'simd-single', threads: 1 });
  const session = new engine.Session(1);
  expect(session.load(alone.bytes).message).toContain('a model without a text');
  session.delete();
});
