// Somebody else's model among files that a person brings: a folder's files, dropped together, or a
// zip of them.
import { unzipSync, type UnzipFileInfo } from 'fflate';
import { ARCHIVE_INDEX } from '../storage/archive';
import { MOST_HEADER_BYTES, readHeader } from '../storage/checkpoint';
import type { NamedFile } from './messages';

const TENSORS = 'model.safetensors';
const SHARD = /-\d+-of-\d+\.safetensors$/i; // model-00001-of-00002.safetensors
const CONFIG = 'config.json';
const TOKENIZER = 'tokenizer.json';
const MOST_TENSOR_BYTES = 2 ** 31;
const MOST_JSON_BYTES = 100_000_000;

// A model's files; empty where one is missing. Large models have their tensors in several.
export interface ModelFiles {
  readonly tensors: readonly Uint8Array[];
  readonly config: Uint8Array;
  readonly tokenizer: Uint8Array;
}

// Whether these files are a model and no run, told by their names and, of tensors, by what they say
// of themselves.
export async function holdModel(files: readonly File[]): Promise<boolean> {
  const [only] = files;
  if (files.length === 1 && isZip(only!)) {
    return !(await isArchive(only!)) && namesIn(await bytesOf(only!)).some(isModelTensors);
  }
  const tensors = files.filter(isTensors);
  if (tensors.length > 1) return tensors.every(({ name }) => isShard(name));
  return tensors.length === 1 && !(await isRun(tensors[0]!));
}

// Whether a file is read for the model that it lies beside, or is.
export const isPart = (file: Named): boolean =>
  isTensors(file) || isZip(file) || file.name === CONFIG || file.name === TOKENIZER;

// The model in them. A sentence where a zip cannot be unpacked. REQUIRES: holdModel(), of the same.
export function modelFiles(files: readonly NamedFile[]): ModelFiles | string {
  const named = isZip(files[0]!) ? unpacked(files[0]!) : files;
  if (typeof named === 'string') return named;
  const find = (isIt: (file: NamedFile) => boolean) => named.find(isIt)?.bytes ?? new Uint8Array();
  return {
    tensors: named.filter(isTensors).map(({ bytes }) => bytes),
    config: find(({ name }) => name === CONFIG),
    tokenizer: find(({ name }) => name === TOKENIZER),
  };
}

interface Named {
  readonly name: string;
}
const isZip = ({ name }: Named) => /\.zip$/i.test(name);
const isShard = (name: string) => SHARD.test(name);
const isModelTensors = (name: string) => name === TENSORS || isShard(name);
const isTensors = ({ name }: Named) => /\.safetensors$/i.test(name);
const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1);

const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer());

// An archive of runs begins with its index: a zip's first name stands at byte 30.
async function isArchive(zip: Blob): Promise<boolean> {
  const name = await zip.slice(30, 30 + ARCHIVE_INDEX.length).text();
  return name === ARCHIVE_INDEX;
}

// A file whose header cannot be read is best called a damaged run; one of ours without a text is a
// model alone.
async function isRun(file: Blob): Promise<boolean> {
  const header = readHeader(await bytesOf(file.slice(0, MOST_HEADER_BYTES)));
  if (!header) return true;
  const { __metadata__: metadata, text } = header.values as {
    __metadata__?: object;
    text?: { shape?: unknown };
  };
  return 'clearformer' in (metadata ?? {}) && JSON.stringify(text?.shape) !== '[0]';
}

// Nothing is unpacked.
function namesIn(zip: Uint8Array): string[] {
  const names: string[] = [];
  const note = ({ name }: UnzipFileInfo) => {
    names.push(baseName(name));
    return false;
  };
  try {
    unzipSync(zip, { filter: note });
  } catch {
    return [];
  }
  return names;
}

function unpacked({ name, bytes }: NamedFile): readonly NamedFile[] | string {
  const most = (name: string) =>
    isModelTensors(name)
      ? MOST_TENSOR_BYTES
      : name === CONFIG || name === TOKENIZER
        ? MOST_JSON_BYTES
        : -1;
  try {
    const entries = unzipSync(bytes, {
      filter: ({ name, originalSize }) => originalSize <= most(baseName(name)),
    });
    return Object.entries(entries).map(([path, bytes]) => ({ name: baseName(path), bytes }));
  } catch {
    return `“${name}” is damaged: it cannot be unpacked.`;
  }
}
