// What makes each tensor of the anatomy: the engine's functions, and their formulas, from the
// derivation beside the op where there is one.
import activation from '../../../../engine/ops/activation.md?raw';
import attention from '../../../../engine/ops/attention.md?raw';
import norm from '../../../../engine/ops/norm.md?raw';
import rotary from '../../../../engine/ops/rotary.md?raw';

export interface Op {
  readonly title: string;
  readonly forward: string; // the functions' names
  readonly backward: string;
  readonly formulas: string; // Markdown
  readonly parameters?: string; // what its parameters' names begin with, after the layer
}

const product = (parameters: string): Op => ({
  title: `Linear ${parameters}`,
  forward: 'linear_forward',
  backward: 'linear_backward',
  formulas:
    '    out = x W + b\n    dx  = dout W^T\n    dW += x^T dout\n    db += the sum of dout over the rows',
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
  formulas:
    '    out = residual + branch\n    dresidual = dout, dbranch = dout\n\n' +
    'Added where the projection is written, and where the norm’s gradient is: neither takes a pass of its own.',
};
const drop: Op = {
  title: 'Dropout',
  forward: 'dropout_forward',
  backward: 'dropout_backward',
  formulas: '    out = x D, D is 0 or 1 / (1 - dropout)\n    dx  = dout D',
};
const crossEntropy: Op = {
  title: 'Cross-entropy',
  forward: 'cross_entropy_forward',
  backward: 'cross_entropy_backward',
  formulas:
    '    loss = -log softmax(logits)[target]\n    dlogits = dloss (softmax(logits) - onehot(target))',
};

// By a tensor's name without its layer.
const ops: Readonly<Record<string, Op>> = {
  embedding: {
    title: 'Embedding',
    forward: 'embedding_forward',
    backward: 'embedding_backward',
    formulas:
      '    out = wte[token] + wpe[position]\n    dwte[token] += dout\n    dwpe[position] += dout\n\n' +
      'Without learned positions there is no wpe.',
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
    formulas:
      '    logits = x W^T\n    dx  = dlogits W\n    dW += dlogits^T x\n\nTied, W is the embedding wte.',
    parameters: 'lm_head',
  },
  probabilities: crossEntropy,
  losses: crossEntropy,
};

export function opOf(key: string): Op {
  const op = ops[key.replace(/\.(mean|rstd)$/, '')]!;
  if (key.endsWith('.mean')) return { ...op, title: 'Its means' };
  return key.endsWith('.rstd') ? { ...op, title: 'Its scales' } : op;
}

// "h.2.attn.qkv" -> [2, "attn.qkv"]; of no layer: [null, name].
export function placeOf(name: string): readonly [layer: number | null, key: string] {
  const found = /^h\.(\d+)\.(.*)$/.exec(name);
  return found ? [Number(found[1]), found[2]!] : [null, name];
}
