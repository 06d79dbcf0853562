// What the page says of a run that diverged: which tensor went first, and at what magnitude.
import type { Divergence } from '../protocol/to-page';
import { formatCount } from './format';

// What the engine calls a tensor, without its layer, and what it is.
const parts: Readonly<Record<string, string>> = {
  'wte.weight': 'the token embedding',
  'wpe.weight': 'the position embedding',
  'lm_head.weight': 'the output layer',
  'ln_f.weight': 'the last norm',
  'ln_f.bias': 'the last norm',
  'ln_f.mean': 'the last norm',
  'ln_f.rstd': 'the last norm',
  residual_final: 'what the last layer hands on',
  losses: 'the logits',
  residual: 'the input',
  'ln_1.mean': 'the norm before attention',
  'ln_1.rstd': 'the norm before attention',
  'attn.qkv': 'the queries, keys and values',
  'attn.softmax_rows': 'the attention weights',
  'attn.out': 'the output of attention',
  residual_mid: 'what follows attention',
  'ln_2.mean': 'the norm before the MLP',
  'ln_2.rstd': 'the norm before the MLP',
  'mlp.fc': 'the MLP',
  ln_1: 'the norm before attention',
  'attn.c_attn': 'the queries, keys and values',
  'attn.q_norm': 'the norm of the queries',
  'attn.k_norm': 'the norm of the keys',
  'attn.c_proj': 'the projection of attention',
  ln_2: 'the norm before the MLP',
  'mlp.c_fc': 'the first map of the MLP',
  'mlp.c_proj': 'the second map of the MLP',
};

// "the attention weights of layer 3": layers are counted from 1, as people count.
export function tensorWords(tensor: string): string {
  const [, adapter, layer, name = ''] = tensor.match(/^(lora\.[ab]\.)?(?:h\.(\d+)\.)?(.*)$/) ?? [];
  const part = parts[name] ?? parts[name.replace(/\.(weight|bias)$/, '')] ?? name;
  const whole = layer === undefined ? part : `${part} of layer ${Number(layer) + 1}`;
  return adapter ? `LoRA’s part in ${whole}` : whole;
}

const subjects: Readonly<Record<Divergence['what'], string>> = {
  loss: 'The loss',
  gradient: 'The gradient',
  weight: 'A weight',
};
const owners: Readonly<Record<Divergence['what'], string>> = {
  loss: '',
  gradient: 'the gradient of ',
  weight: 'the weights of ',
};

// What happened, where it began, and that nothing is lost.
export function divergenceSentence({ what, tensor, magnitude, failed }: Divergence): string {
  const begun = `${subjects[what]} became infinite at step ${formatCount(failed.step)}`;
  const where = tensor ? `, first in ${owners[what]}${tensorWords(tensor)} (${tensor})` : '';
  const size = tensor && magnitude > 0 ? `, after numbers of up to ${formatSize(magnitude)}` : '';
  const at = formatCount(failed.step - 1);
  return `${begun}${where}${size}. Training stopped after step ${at}; nothing is lost.`;
}

// "3.1e38", "41.8": as long as it need be to be read.
export function formatSize(magnitude: number): string {
  if (magnitude === 0) return '0';
  if (magnitude >= 1000 && magnitude < 100_000) return magnitude.toFixed(0);
  if (magnitude >= 0.001 && magnitude < 1000) return magnitude.toPrecision(3);
  return magnitude.toExponential(1).replace('+', '');
}
