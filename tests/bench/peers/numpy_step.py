#!/usr/bin/env python3
"""A GPT's training step in plain NumPy, to be timed beside the engine's.

    OPENBLAS_NUM_THREADS=1 python3 numpy_step.py '{"recipe": {...}, "vocab_size": 65, "seconds": 3}'

Pre-LayerNorm without biases, learned positions, GELU by tanh, causal attention, a head tied to the
embedding, the mean cross-entropy; clipping and AdamW. float32 throughout. Written for speed as far
as NumPy goes: every product is one call to BLAS over all tokens, what can be done in place is, and
what backward needs is kept from forward. check_numpy.py compares it with PyTorch.
"""

import math

import numpy as np
from timing import measure, read_request

GELU_A, GELU_B = math.sqrt(2 / math.pi), 0.044715


def init(recipe, seed=1):
    """Name -> float32 array. Matrices lie as (in, out): y = x W."""
    C, V, T = recipe["n_embd"], recipe["vocab_size"], recipe["block_size"]
    shapes = {"wte": (V, C), "wpe": (T, C), "ln_f": (C,)}
    for i in range(recipe["n_layer"]):
        block = {"ln_1": (C,), "c_attn": (C, 3 * C), "c_proj": (C, C)}
        block.update({"ln_2": (C,), "c_fc": (C, 4 * C), "c_proj_2": (4 * C, C)})
        shapes.update({f"h.{i}.{name}": shape for name, shape in block.items()})
    rng = np.random.default_rng(seed)

    def draw(shape):
        if len(shape) == 1:
            return np.ones(shape, np.float32)
        return (0.02 * rng.standard_normal(shape)).astype(np.float32)

    return {name: draw(shape) for name, shape in shapes.items()}


def layernorm(x, weight):
    normed = x - x.mean(-1, keepdims=True)
    rstd = 1 / np.sqrt(np.square(normed).mean(-1, keepdims=True) + 1e-5)
    normed *= rstd
    return normed * weight, (normed, rstd, weight)


def layernorm_backward(dout, kept):
    normed, rstd, weight = kept
    dweight = np.einsum("nc,nc->c", dout, normed)
    dx = dout * weight
    projection = np.einsum("nc,nc->n", dx, normed)[:, None] / dx.shape[1]
    dx -= dx.mean(-1, keepdims=True)
    dx -= normed * projection
    dx *= rstd
    return dx, dweight


def gelu(x):
    t = x * x
    t *= GELU_A * GELU_B
    t += GELU_A
    t *= x
    np.tanh(t, out=t)
    out = t + 1
    out *= x
    out *= 0.5
    return out, (x, t)


def gelu_backward(dout, kept):
    x, t = kept
    slope = x * x
    slope *= 3 * GELU_A * GELU_B
    slope += GELU_A
    slope *= x
    slope *= 1 - t * t
    slope += t
    slope += 1
    slope *= dout
    slope *= 0.5
    return slope


class Model:
    def __init__(self, recipe):
        self.layers, self.heads = recipe["n_layer"], recipe["n_head"]
        self.p = init(recipe)
        T = recipe["block_size"]
        self.future = np.where(np.arange(T)[:, None] < np.arange(T), -np.inf, 0)
        self.future = self.future.astype(np.float32)

    def split(self, x, B):
        """(B*T, C) -> (B, heads, T, head size)"""
        return x.reshape(B, -1, self.heads, x.shape[1] // self.heads).transpose(0, 2, 1, 3)

    def merge(self, x):
        B, NH, T, HS = x.shape
        return x.transpose(0, 2, 1, 3).reshape(B * T, NH * HS)

    def attention(self, qkv, B):
        q, k, v = (self.split(x, B) for x in np.split(qkv, 3, axis=1))
        scale = 1 / math.sqrt(q.shape[-1])
        weights = q @ k.swapaxes(-1, -2)
        weights *= scale
        weights += self.future
        weights -= weights.max(-1, keepdims=True)
        np.exp(weights, out=weights)
        weights /= weights.sum(-1, keepdims=True)
        return self.merge(weights @ v), (q, k, v, weights, scale)

    def attention_backward(self, dout, kept):
        q, k, v, weights, scale = kept
        dout = self.split(dout, q.shape[0])
        dv = weights.swapaxes(-1, -2) @ dout
        dscores = dout @ v.swapaxes(-1, -2)
        dscores *= weights
        dscores -= weights * dscores.sum(-1, keepdims=True)
        dscores *= scale
        parts = (dscores @ k, dscores.swapaxes(-1, -2) @ q, dv)
        return np.concatenate([self.merge(part) for part in parts], axis=1)

    def loss_and_gradients(self, inputs, targets):
        """inputs, targets: (B, T). The mean cross-entropy, and its gradient by name."""
        p, (B, T) = self.p, inputs.shape
        x = (p["wte"][inputs] + p["wpe"][:T]).reshape(B * T, -1)
        kept = []
        for i in range(self.layers):
            h = f"h.{i}."
            a, norm_1 = layernorm(x, p[h + "ln_1"])
            mixed, attended = self.attention(a @ p[h + "c_attn"], B)
            x = x + mixed @ p[h + "c_proj"]
            b, norm_2 = layernorm(x, p[h + "ln_2"])
            wide, bent = gelu(b @ p[h + "c_fc"])
            x = x + wide @ p[h + "c_proj_2"]
            kept.append((a, norm_1, mixed, attended, b, norm_2, wide, bent))
        last, norm_f = layernorm(x, p["ln_f"])

        probability = last @ p["wte"].T
        rows, at_target = np.arange(B * T), targets.reshape(-1)
        probability -= probability.max(-1, keepdims=True)
        log_of_target = probability[rows, at_target]
        np.exp(probability, out=probability)
        total = probability.sum(-1, keepdims=True)
        loss = float(np.mean(np.log(total[:, 0]) - log_of_target))
        probability /= total
        probability[rows, at_target] -= 1
        probability /= B * T
        dlogits = probability

        g = {"wte": dlogits.T @ last}
        dx, g["ln_f"] = layernorm_backward(dlogits @ p["wte"], norm_f)
        for i in reversed(range(self.layers)):
            h = f"h.{i}."
            a, norm_1, mixed, attended, b, norm_2, wide, bent = kept[i]
            g[h + "c_proj_2"] = wide.T @ dx
            d = gelu_backward(dx @ p[h + "c_proj_2"].T, bent)
            g[h + "c_fc"] = b.T @ d
            d, g[h + "ln_2"] = layernorm_backward(d @ p[h + "c_fc"].T, norm_2)
            dx = dx + d
            g[h + "c_proj"] = mixed.T @ dx
            d = self.attention_backward(dx @ p[h + "c_proj"].T, attended)
            g[h + "c_attn"] = a.T @ d
            d, g[h + "ln_1"] = layernorm_backward(d @ p[h + "c_attn"].T, norm_1)
            dx = dx + d
        g["wpe"] = np.zeros_like(p["wpe"])
        g["wpe"][:T] = dx.reshape(B, T, -1).sum(0)
        # np.add.at is many times slower than a product where the vocabulary is small.
        one_hot = np.zeros((B * T, len(p["wte"])), np.float32)
        one_hot[rows, inputs.reshape(-1)] = 1
        g["wte"] += one_hot.T @ dx
        return loss, g


GRAD_CLIP, LR, BETA1, BETA2, EPSILON, WEIGHT_DECAY = 1.0, 1e-3, 0.9, 0.99, 1e-8, 0.1


def clip_factor(gradients):
    norm = math.sqrt(sum(float(np.vdot(g, g)) for g in gradients.values()))
    return min(1.0, GRAD_CLIP / (norm + 1e-6))  # as PyTorch has it


class AdamW:
    def __init__(self, p):
        self.p, self.t = p, 0
        self.m = {name: np.zeros_like(x) for name, x in p.items()}
        self.v = {name: np.zeros_like(x) for name, x in p.items()}

    def step(self, gradients):
        clip = clip_factor(gradients)
        self.t += 1
        step_size = LR / (1 - BETA1**self.t)
        root = 1 / math.sqrt(1 - BETA2**self.t)
        for name, x in self.p.items():
            g, m, v = gradients[name], self.m[name], self.v[name]
            g *= clip
            m *= BETA1
            m += (1 - BETA1) * g
            v *= BETA2
            g *= g
            g *= 1 - BETA2
            v += g
            np.sqrt(v, out=g)
            g *= root
            g += EPSILON
            np.divide(m, g, out=g)
            g *= step_size
            if x.ndim == 2:
                x *= 1 - LR * WEIGHT_DECAY
            x -= g


def stepper(model):
    """A function that trains the model on a batch and returns its loss."""
    optimizer = AdamW(model.p)

    def step(inputs, targets):
        loss, gradients = model.loss_and_gradients(inputs, targets)
        optimizer.step(gradients)
        return loss

    return step


def main():
    recipe, seconds = read_request()
    measure(stepper(Model(recipe)), recipe, seconds, np.__version__)


if __name__ == "__main__":
    main()
