import { describe, expect, it } from 'vitest';
import type { Divergence } from '../../../web/src/protocol/to-page';
import {
  divergenceSentence,
  formatSize,
  tensorWords,
} from '../../../web/src/state/divergence-words';

const failed = { step: 412, loss: Infinity, lr: 0.1, gradNorm: NaN };
const divergence: Divergence = {
  what: 'loss',
  tensor: 'h.2.attn.softmax_rows',
  magnitude: 2.14e38,
  failed,
  before: [],
  states: [],
};

describe('a divergence', () => {
  it('is told with the tensor that went first, its layer and its magnitude', () => {
    expect(divergenceSentence(divergence)).toBe(
      'The loss became infinite at step 412, first in the attention weights of layer 3 ' +
        '(h.2.attn.softmax_rows), after numbers of up to 2.1e38. ' +
        'Training stopped after step 411; nothing is lost.',
    );
  });

  it('says whose gradient or weight it was', () => {
    const tensor = 'h.0.mlp.c_fc.bias';
    expect(divergenceSentence({ ...divergence, what: 'gradient', tensor })).toMatch(
      /^The gradient became infinite at step 412, first in the gradient of the first map of the MLP of layer 1 \(h\.0\.mlp\.c_fc\.bias\), /,
    );
    expect(divergenceSentence({ ...divergence, what: 'weight', tensor: 'wte.weight' })).toMatch(
      /^A weight became infinite at step 412, first in the weights of the token embedding /,
    );
  });

  it('says no more than is known', () => {
    expect(divergenceSentence({ ...divergence, tensor: '', magnitude: 3 })).toBe(
      'The loss became infinite at step 412. Training stopped after step 411; nothing is lost.',
    );
    expect(divergenceSentence({ ...divergence, magnitude: 0 })).not.toContain('numbers');
  });
});

it.each([
  ['h.0.residual', 'the input of layer 1'],
  ['residual_final', 'what the last layer hands on'],
  ['losses', 'the logits'],
  ['h.11.attn.c_proj.weight', 'the projection of attention of layer 12'],
  ['lora.a.h.1.attn.c_attn.weight', 'LoRA’s part in the queries, keys and values of layer 2'],
  ['something.new', 'something.new'],
])('the tensor %s is %s', (tensor, words) => expect(tensorWords(tensor)).toBe(words));

it.each([
  [3.14159e38, '3.1e38'],
  [41.8052, '41.8'],
  [7253.1, '7253'],
  [0, '0'],
  [0.00001, '1.0e-5'],
])('a magnitude of %d is written %s', (value, words) => expect(formatSize(value)).toBe(words));
