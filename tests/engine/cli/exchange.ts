// Models to export and to import, and the commands that do.
import { succeed, type Folder } from './run';
import { small } from './small';

/** Odd sizes, and rates that move every weight. */
export const recipe = { ...small, n_head: 3, n_embd: 21, block_size: 19, lr: 1e-2, min_lr: 1e-3 };
/** GPT-2s, which every format has. */
export const runs = [
  ['char', { ...recipe, tokenizer: 'char' }],
  ['char-biases', { ...recipe, tokenizer: 'char', bias: true }],
  ['byte', { ...recipe, tokenizer: 'byte' }],
  ['byte-biases', { ...recipe, tokenizer: 'byte', bias: true }],
] as const;

/** Even heads, and fewer of keys. */
export const llama = {
  ...{ ...recipe, n_head: 4, n_embd: 24, n_kv_head: 2, tokenizer: 'bpe:290' },
  ...{ norm: 'rmsnorm', activation: 'swiglu', position: 'rotary' },
};
/** Of every architecture that leaves. */
export const others = [
  ['gpt2', { ...recipe, tokenizer: 'bpe:290', tied_head: false, bias: true }],
  ['llama', { ...llama, tied_head: false }],
  ['llama-biases', { ...llama, bias: true, n_kv_head: 0 }],
  ['qwen3', { ...llama, qk_norm: true }],
  ['starcoder2', { ...llama, norm: 'layernorm', activation: 'gelu', tied_head: false }],
  ['starcoder2-biases', { ...llama, norm: 'layernorm', activation: 'gelu', bias: true }],
  ['arcee', { ...llama, activation: 'relu2', tied_head: false }],
] as const;

/** The commands, on runs and exports in a folder, which has the text "char.txt" to measure by. */
export function exchangeIn(folder: Folder) {
  const at = (name: string) => folder.at(name);
  const exportRun = (name: string, to: string, out: string, ...args: string[]) =>
    succeed('export', '--model', at(name), '--to', to, '--out', at(out), ...args, '--json').events;
  const importModel = (from: string, out: string, ...args: string[]) =>
    succeed('import', '--from', at(from), '--out', at(out), ...args, '--json').events;
  const info = (run: string) => succeed('info', '--model', at(run), '--json').events[0]!;
  const evaluate = (run: string, ...args: string[]) =>
    succeed('eval', '--model', at(run), '--text', at('char.txt'), ...args, '--json').events[0]!;
  const sample = (run: string) =>
    succeed('sample', '--model', at(run), '--prompt', 'The ', '--tokens', '30', '--json')
      .events[0]!;
  return { exportRun, importModel, info, evaluate, sample };
}
