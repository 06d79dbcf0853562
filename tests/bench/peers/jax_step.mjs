// A GPT's training step in jax-js, to be timed beside the engine's in the same browser: the model of
// numpy_step.py by jax-js's own operators, derivatives and compiler, on its WebAssembly backend.
import { defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '/jax/index.js';

const { performance } = globalThis;

const kGradClip = 1;
const kLearningRate = 1e-3;
const kBeta1 = 0.9;
const kBeta2 = 0.99;
const kEpsilon = 1e-8;
const kWeightDecay = 0.1;
const kWarmUp = 3;
const kLeast = 5;

/** numpy_step's names and shapes; matrices lie as (in, out). */
function shapes({ n_layer, n_embd: C, block_size: T, vocab_size: V }) {
  const all = { wte: [V, C], wpe: [T, C], ln_f: [C] };
  for (let i = 0; i < n_layer; i += 1) {
    const block = { ln_1: [C], c_attn: [C, 3 * C], c_proj: [C, C], ln_2: [C] };
    Object.assign(block, { c_fc: [C, 4 * C], c_proj_2: [4 * C, C] });
    for (const [name, shape] of Object.entries(block)) all[`h.${i}.${name}`] = shape;
  }
  return all;
}

const norm = (x, weight) => nn.standardize(x, -1, { epsilon: 1e-5 }).mul(weight);

function attention(qkv, heads) {
  const [B, T, width] = qkv.shape;
  const split = np.split(qkv, 3, 2).map((x) => x.reshape([B, T, heads, width / 3 / heads]));
  return nn.dotProductAttention(...split, { isCausal: true }).reshape([B, T, width / 3]);
}

/** The mean cross-entropy of p's predictions; inputs and targets (B, T). */
function lossOf(p, inputs, targets, { n_layer, n_head, vocab_size }) {
  const use = (name) => p[name].ref;
  let x = np.matmul(nn.oneHot(inputs, vocab_size), use('wte')).add(use('wpe'));
  for (let i = 0; i < n_layer; i += 1) {
    const h = `h.${i}.`;
    const mixed = attention(np.matmul(norm(x.ref, use(`${h}ln_1`)), use(`${h}c_attn`)), n_head);
    x = x.add(np.matmul(mixed, use(`${h}c_proj`)));
    const wide = nn.gelu(np.matmul(norm(x.ref, use(`${h}ln_2`)), use(`${h}c_fc`)));
    x = x.add(np.matmul(wide, use(`${h}c_proj_2`)));
  }
  const logits = np.matmul(norm(x, use('ln_f')), np.transpose(use('wte')));
  tree.dispose(p);
  const losses = nn.logSoftmax(logits).mul(nn.oneHot(targets, vocab_size)).sum(-1);
  return losses.mean().neg();
}

/** One step of AdamW on a whole tree, the gradient clipped first. */
function update(p, m, v, gradients, corrections) {
  const [correction1, correction2] = np.split(corrections, 2);
  const squares = Object.values(gradients).map((g) => np.square(g.ref).sum());
  const total = squares.reduce((sum, x) => sum.add(x));
  const clip = np.minimum(1, np.divide(kGradClip, np.sqrt(total).add(1e-6)));
  const next = { p: {}, m: {}, v: {} };
  for (const name of Object.keys(p)) {
    const g = gradients[name].mul(clip.ref);
    const mean = m[name].mul(kBeta1).add(g.ref.mul(1 - kBeta1));
    const square = v[name].mul(kBeta2).add(np.square(g).mul(1 - kBeta2));
    const scale = np.sqrt(square.ref.div(correction2.ref)).add(kEpsilon);
    const decay = p[name].ndim === 2 ? 1 - kLearningRate * kWeightDecay : 1;
    const change = mean.ref.div(correction1.ref).div(scale).mul(kLearningRate);
    next.p[name] = p[name].mul(decay).sub(change);
    next.m[name] = mean;
    next.v[name] = square;
  }
  [clip, correction1, correction2].forEach((x) => x.dispose());
  return next;
}

function makeStep(recipe) {
  const step = jit((state, inputs, targets, corrections) => {
    const [loss, gradients] = valueAndGrad((p) => lossOf(p, inputs, targets, recipe))(
      tree.ref(state.p),
    );
    return [loss, update(state.p, state.m, state.v, gradients, corrections)];
  });
  const make = (value) =>
    Object.fromEntries(Object.entries(shapes(recipe)).map(([name, shape]) => [name, value(shape)]));
  let state = {
    p: make((shape) => np.array(initial(shape)).reshape(shape)),
    m: make((shape) => np.zeros(shape)),
    v: make((shape) => np.zeros(shape)),
  };
  let t = 0;
  return async (inputs, targets) => {
    t += 1;
    const corrections = np.array(new Float32Array([1 - kBeta1 ** t, 1 - kBeta2 ** t]));
    const [loss, next] = step(state, inputs, targets, corrections);
    state = next;
    return (await loss.data())[0];
  };
}

// N(0, 0.02) for matrices, ones for vectors.
function initial(shape) {
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (shape.length === 1) return new Float32Array(size).fill(1);
  const normal = () =>
    Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return Float32Array.from({ length: size }, () => 0.02 * normal());
}

const randomTokens = (count, vocabSize) =>
  Int32Array.from({ length: count }, () => Math.floor(Math.random() * vocabSize));

export async function measure({ recipe: given, vocabSize, seconds }) {
  await init('wasm');
  defaultDevice('wasm');
  const recipe = { ...given, vocab_size: vocabSize };
  const { batch_size: B, block_size: T } = recipe;
  const step = makeStep(recipe);
  const times = [];
  let loss = NaN;
  let start = 0;
  while (times.length < kWarmUp + kLeast || performance.now() < start + 1e3 * seconds) {
    if (times.length === kWarmUp) start = performance.now();
    const text = () => np.array(randomTokens(B * T, vocabSize)).reshape([B, T]);
    const before = performance.now();
    loss = await step(text(), text());
    times.push(performance.now() - before);
  }
  const sorted = times.slice(kWarmUp).sort((a, b) => a - b);
  return { result: { ms_per_step: sorted[sorted.length >> 1], loss } };
}
