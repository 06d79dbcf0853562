// The file of a run of the engine's double.
export interface Kept {
  recipe: {
    steps: number;
    lr: number;
    min_lr: number;
    grad_clip: number;
    seed: number;
    batch_size: number;
    block_size: number;
    eval_every: number;
  };
  past: { until: number; steps: number; lr: number; min_lr: number; grad_clip: number }[];
  text: string;
  step: number;
  losses: number[];
  evals: [number, number, number][];
}

// A safetensors file with what is read of one without an engine; the run itself is in the metadata.
export function writeFile(kept: Kept): Uint8Array {
  const { recipe, step, losses, evals } = kept;
  const columns = {
    'history.loss': losses,
    'history.eval.train_loss': evals.map((entry) => entry[1]),
    'history.eval.val_loss': evals.map((entry) => entry[2]),
  };
  let end = 8 * evals.length;
  const tensors: Record<string, object> = {
    'history.eval.step': { dtype: 'I64', shape: [evals.length], data_offsets: [0, end] },
  };
  for (const [name, { length }] of Object.entries(columns)) {
    tensors[name] = { dtype: 'F32', shape: [length], data_offsets: [end, (end += 4 * length)] };
  }
  const recipe_json = JSON.stringify(recipe);
  const metadata = { clearformer: '1', recipe: recipe_json, step: String(step) };
  const double = JSON.stringify(kept);
  const header = JSON.stringify({ __metadata__: { ...metadata, double }, ...tensors });
  const words = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + words.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(words.length), true);
  file.set(words, 8);
  const steps = BigInt64Array.from(evals, ([at]) => BigInt(at));
  const floats = Float32Array.from(Object.values(columns).flat());
  file.set(new Uint8Array(steps.buffer), 8 + words.length);
  file.set(new Uint8Array(floats.buffer), 8 + words.length + steps.byteLength);
  return file;
}

export function readFile(file: Uint8Array): Kept | null {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = file.length > 8 ? Number(view.getBigUint64(0, true)) : Infinity;
  if (length > file.length - 8) return null;
  const words = new TextDecoder().decode(file.subarray(8, 8 + length));
  if (!words.startsWith('{')) return null;
  const header = JSON.parse(words) as { __metadata__: { double: string } };
  return JSON.parse(header.__metadata__.double) as Kept;
}
