// What a checkpoint's file says of its run, read without the engine: enough for a list, and wary,
// since the file may be anybody's. Whether the weights are sound, the engine says when it loads them.
import { readRecipe } from './read-value';
import type { Recipe } from '../recipe/recipe';
import { makeCurve, type Curve } from './curve';

export interface CheckpointSummary {
  readonly step: number;
  readonly recipe: Recipe;
  readonly curve: Curve;
}

const LENGTH_BYTES = 8;
export const MOST_HEADER_BYTES = 32_000_000; // a vocabulary of the largest size takes less

type Header = Readonly<Record<string, unknown>>;

export function summarise(file: Uint8Array): CheckpointSummary | null {
  const header = readHeader(file);
  const metadata = header?.values.__metadata__ as Header | undefined;
  if (!header || typeof metadata?.clearformer !== 'string') return null;
  const step = Number(metadata.step);
  const recipe = readRecipe(parse(metadata.recipe));
  if (!recipe || !Number.isSafeInteger(step) || step < 0) return null;
  const column = (name: string) => readColumn(file, header, `history.${name}`);
  const losses = column('loss');
  if (losses.length !== step) return null;
  const curve = makeCurve(losses, {
    steps: column('eval.step'),
    trainLosses: column('eval.train_loss'),
    valLosses: column('eval.val_loss'),
  });
  return { step, recipe, curve };
}

// What a safetensors file says of itself, and where its data begin; null where it is none.
export function readHeader(file: Uint8Array): { values: Header; end: number } | null {
  if (file.length < LENGTH_BYTES) return null;
  const view = new DataView(file.buffer, file.byteOffset, LENGTH_BYTES);
  const length = Number(view.getBigUint64(0, true));
  if (length > Math.min(MOST_HEADER_BYTES, file.length - LENGTH_BYTES)) return null;
  const end = LENGTH_BYTES + length;
  const values = parse(new TextDecoder().decode(file.subarray(LENGTH_BYTES, end)));
  return values ? { values, end } : null;
}

// A list of numbers; empty where there is none of that name, or it lies outside of the file.
function readColumn(
  file: Uint8Array,
  { values, end }: { values: Header; end: number },
  name: string,
): ArrayLike<number> {
  const { dtype, data_offsets: offsets } = (values[name] ?? {}) as Header;
  const [from, to] = Array.isArray(offsets) ? (offsets as unknown[]) : [];
  if (typeof from !== 'number' || typeof to !== 'number' || !(from <= to)) return [];
  if (!(from >= 0 && end + to <= file.length)) return [];
  const bytes = file.slice(end + from, end + to).buffer; // aligned, unlike the file's own
  if (dtype === 'F32' && bytes.byteLength % 4 === 0) return new Float32Array(bytes);
  if (dtype === 'I64' && bytes.byteLength % 8 === 0) {
    return Float64Array.from(new BigInt64Array(bytes), Number);
  }
  return [];
}

function parse(json: unknown): Header | null {
  if (typeof json !== 'string') return null;
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Header) : null;
  } catch {
    return null;
  }
}
