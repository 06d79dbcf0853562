import { zipSync } from 'fflate';
import type * as generated from '../engine/generated/exchange/exchange.mjs';
import type { EngineError } from '../engine/types';
import { modelFiles } from './foreign-files';
import type { ExchangeAnswer, ExchangeQuestion } from './messages';

export type ExchangeModule = Pick<generated.MainModule, 'exportRun' | 'importModel'>;

// Answers a question with the module.
export function answer(module: ExchangeModule, question: ExchangeQuestion): ExchangeAnswer {
  return question.type === 'export' ? exported(module, question) : imported(module, question);
}

const endings = { gguf: '.gguf', nanogpt: '-nanogpt.safetensors' } as const;

function exported(
  module: ExchangeModule,
  { run, format, name }: Extract<ExchangeQuestion, { type: 'export' }>,
): ExchangeAnswer {
  const { error, names, files } = module.exportRun(run, format);
  if (error.code) return refused(error as EngineError);
  const bytes = files as Uint8Array<ArrayBuffer>[];
  const file =
    format === 'hf'
      ? { name: `${name}-hf.zip`, bytes: zipFolder(`${name}-hf`, names, bytes) }
      : { name: name + endings[format], bytes: bytes[0]! };
  return { type: 'exported', file };
}

function imported(
  module: ExchangeModule,
  { files, text, lora }: Extract<ExchangeQuestion, { type: 'import' }>,
): ExchangeAnswer {
  const model = modelFiles(files);
  if (typeof model === 'string') return refused({ code: 'file', where: '', message: model });
  const { tensors, config, tokenizer } = model;
  const { error, bytes } = module.importModel(
    tensors,
    config,
    tokenizer,
    text,
    lora.rank,
    lora.alpha,
  );
  if (error.code) return refused(error as EngineError);
  return { type: 'imported', run: bytes as Uint8Array<ArrayBuffer> };
}

// Weights do not compress; no time, so that the same model is the same file.
function zipFolder(folder: string, names: readonly string[], files: readonly Uint8Array[]) {
  const entries = names.map((name, i) => [`${folder}/${name}`, files[i]!] as const);
  return zipSync(Object.fromEntries(entries), { level: 0, mtime: '1980-01-01T12:00:00' });
}

const refused = (error: EngineError): ExchangeAnswer => ({ type: 'refused', error });
