// What makes each tensor of the anatomy: the engine's functions, what they read, and the derivation
// that stands beside the op.
import type { AnatomyTensor } from '../../inspect/messages';
import activation from '../../../../engine/ops/activation.md';
import attention from '../../../../engine/ops/attention.md';
import crossEntropy from '../../../../engine/ops/cross_entropy.md';
import dropout from '../../../../engine/ops/dropout.md';
import embedding from '../../../../engine/ops/embedding.md';
import head from '../../../../engine/ops/head.md';
import linear from '../../../../engine/ops/linear.md';
import norm from '../../../../engine/ops/norm.md';
import rotary from '../../../../engine/ops/rotary.md';

export interface Op {
  readonly title: string;
  readonly forward: string; // the functions' names
  readonly backward: string;
  readonly formulas: string; // the derivation, as HTML
  readonly parameters?: string; // what its parameters' names begin with, after the layer
}

const product = (parameters: string): Op => ({
  title: `Linear ${parameters}`,
  forward: 'linear_forward',
  backward: 'linear_backward',
  formulas: linear,
  parameters,
});
const normOf = (parameters: string): Op => ({
  title: `Norm ${parameters}`,
  forward: 'norm_forward',
  backward: 'norm_backward',
  formulas: norm,
  parameters,
});
const sum: Op = {
  title: 'Sum onto the stream',
  forward: 'linear_forward',
  backward: 'norm_backward',
  formulas: linear,
};
const drop: Op = {
  title: 'Dropout',
  forward: 'dropout_forward',
  backward: 'dropout_backward',
  formulas: dropout,
};
const surprise: Op = {
  title: 'Cross-entropy',
  forward: 'cross_entropy_forward',
  backward: 'cross_entropy_backward',
  formulas: crossEntropy,
};

// By a tensor's name without its layer.
const ops: Readonly<Record<string, Op>> = {
  embedding: {
    title: 'Embedding',
    forward: 'embedding_forward',
    backward: 'embedding_backward',
    formulas: embedding,
    parameters: 'w',
  },
  embedding_dropout: drop,
  ln_1: normOf('ln_1'),
  'attn.qkv': product('attn.c_attn'),
  'attn.qk_norm': {
    title: 'Norm of queries and keys',
    forward: 'qk_norm_forward',
    backward: 'qk_norm_backward',
    formulas: norm,
    parameters: 'attn.q_norm',
  },
  'attn.rotary': {
    title: 'Queries and keys are turned',
    forward: 'rotary_forward',
    backward: 'rotary_backward',
    formulas: rotary,
  },
  'attn.att': {
    title: 'Attention weights',
    forward: 'attention_forward',
    backward: 'attention_backward',
    formulas: attention,
  },
  'attn.out': {
    title: 'Attention’s output',
    forward: 'attention_forward',
    backward: 'attention_backward',
    formulas: attention,
  },
  'attn.c_proj': product('attn.c_proj'),
  'attn.dropout': drop,
  residual_mid: sum,
  ln_2: normOf('ln_2'),
  'mlp.fc': product('mlp.c_fc'),
  'mlp.hidden': {
    title: 'Activation',
    forward: 'activation_forward',
    backward: 'activation_backward',
    formulas: activation,
  },
  'mlp.c_proj': product('mlp.c_proj'),
  'mlp.dropout': drop,
  residual_out: sum,
  ln_f: normOf('ln_f'),
  logits: {
    title: 'Head',
    forward: 'head_forward',
    backward: 'head_backward',
    formulas: head,
    parameters: 'lm_head',
  },
  probabilities: surprise,
  losses: surprise,
};

export function opOf(key: string): Op {
  const op = ops[key.replace(/\.(mean|rstd)$/, '')]!;
  if (key.endsWith('.mean')) return { ...op, title: `${op.title}: means` };
  return key.endsWith('.rstd') ? { ...op, title: `${op.title}: scales` } : op;
}

// "h.2.attn.qkv" -> [2, "attn.qkv"]; of no layer: [null, name].
export function placeOf(name: string): readonly [layer: number | null, key: string] {
  const found = /^h\.(\d+)\.(.*)$/.exec(name);
  return found ? [Number(found[1]), found[2]!] : [null, name];
}

const FLOAT_BYTES = 4;

export const bytesOf = ({ shape }: AnatomyTensor) =>
  shape.reduce((size, extent) => size * extent, FLOAT_BYTES);
