#!/usr/bin/env python3
"""Writes the golden values that engine/reference and the fast model are compared with.

    python3 tests/golden/make_golden.py     (needs PyTorch; Debian: python3-torch)

A GPT with pre-LayerNorm blocks and a tied head, its gradients and ten AdamW steps, all by PyTorch's
own operators, in double and in float. Matrices lie as (in, out): y = x W + b. Each case is one JSON
file beside this script; parameters are stored by name. Weights are multiples of 1/1024, exact in
float, so that every implementation starts from the same numbers.
"""

import json
import math
import pathlib
import random

import torch
from torch.nn import functional as F

CASES = {
    "one_head": dict(
        n_layer=1, n_head=1, n_embd=5, block_size=7, vocab_size=7, bias=False, B=2, T=7
    ),
    "three_heads_bias": dict(
        n_layer=2, n_head=3, n_embd=6, block_size=9, vocab_size=11, bias=True, B=3, T=5
    ),
    "one_position": dict(
        n_layer=1, n_head=3, n_embd=3, block_size=1, vocab_size=13, bias=True, B=1, T=1
    ),
    "two_layers": dict(
        n_layer=2, n_head=1, n_embd=4, block_size=3, vocab_size=9, bias=False, B=1, T=3
    ),
}
CONFIG_KEYS = ("n_layer", "n_head", "n_embd", "block_size", "vocab_size", "bias")
OPTIMIZER = dict(
    steps=10,
    lr=2e-2,
    min_lr=2e-3,
    warmup_steps=3,
    weight_decay=0.1,
    beta1=0.9,
    beta2=0.99,
    grad_clip=1.0,
)


def parameter_shapes(case):
    """Name -> shape of every parameter."""
    C = case["n_embd"]
    shapes = {"wte.weight": (case["vocab_size"], C), "wpe.weight": (case["block_size"], C)}

    def norm(name):
        shapes[name + ".weight"] = (C,)
        if case["bias"]:
            shapes[name + ".bias"] = (C,)

    def linear(name, c_in, c_out):
        shapes[name + ".weight"] = (c_in, c_out)
        if case["bias"]:
            shapes[name + ".bias"] = (c_out,)

    for layer in range(case["n_layer"]):
        block = f"h.{layer}."
        norm(block + "ln_1")
        linear(block + "attn.c_attn", C, 3 * C)
        linear(block + "attn.c_proj", C, C)
        norm(block + "ln_2")
        linear(block + "mlp.c_fc", C, 4 * C)
        linear(block + "mlp.c_proj", 4 * C, C)
    norm("ln_f")
    return shapes


def initial_weights(case, rng):
    """Large enough that no gradient is lost in another's rounding; norms around 1."""
    weights = {}
    for name, shape in parameter_shapes(case).items():
        centre = 1.0 if "ln_" in name and name.endswith("weight") else 0.0
        values = [centre + rng.randint(-400, 400) / 1024 for _ in range(math.prod(shape))]
        weights[name] = torch.tensor(values, dtype=torch.float64).reshape(shape)
    return weights


def model(p, case, tokens):
    """Logits (B, T, V) of tokens (B, T)."""
    B, T = tokens.shape
    C, NH = case["n_embd"], case["n_head"]

    def norm(x, name):
        return F.layer_norm(x, (C,), p[name + ".weight"], p.get(name + ".bias"), eps=1e-5)

    def linear(x, name):
        y = x @ p[name + ".weight"]
        return y + p[name + ".bias"] if case["bias"] else y

    def attention(x, block):
        q, k, v = (
            part.reshape(B, T, NH, C // NH).transpose(1, 2)
            for part in linear(x, block + "attn.c_attn").split(C, dim=-1)
        )
        scores = q @ k.transpose(-2, -1) / math.sqrt(C // NH)
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        weights = scores.masked_fill(future, -math.inf).softmax(dim=-1)
        return linear((weights @ v).transpose(1, 2).reshape(B, T, C), block + "attn.c_proj")

    x = p["wte.weight"][tokens] + p["wpe.weight"][:T]
    for layer in range(case["n_layer"]):
        block = f"h.{layer}."
        x = x + attention(norm(x, block + "ln_1"), block)
        hidden = F.gelu(linear(norm(x, block + "ln_2"), block + "mlp.c_fc"), approximate="tanh")
        x = x + linear(hidden, block + "mlp.c_proj")
    return norm(x, "ln_f") @ p["wte.weight"].T


def loss_of(p, case, batch):
    logits = model(p, case, batch["tokens"])
    return logits, F.cross_entropy(logits.flatten(0, 1), batch["targets"].flatten())


def parameters_of(weights, dtype):
    return {name: w.to(dtype).clone().requires_grad_() for name, w in weights.items()}


def one_pass(weights, case, batch, dtype):
    p = parameters_of(weights, dtype)
    logits, loss = loss_of(p, case, batch)
    loss.backward()
    gradients = {name: numbers(q.grad) for name, q in p.items()}
    return dict(loss=numbers(loss)[0], logits=numbers(logits), gradients=gradients)


def learning_rate(it):
    """nanoGPT's schedule: linear warm-up, then a cosine down to min_lr."""
    o = OPTIMIZER
    if it < o["warmup_steps"]:
        return o["lr"] * (it + 1) / (o["warmup_steps"] + 1)
    progress = (it - o["warmup_steps"]) / (o["steps"] - o["warmup_steps"])
    return o["min_lr"] + 0.5 * (1.0 + math.cos(math.pi * progress)) * (o["lr"] - o["min_lr"])


def train(weights, case, batches):
    """Ten AdamW steps in double; weight decay on matrices only."""
    o = OPTIMIZER
    p = parameters_of(weights, torch.float64)
    groups = [
        dict(params=[q for q in p.values() if q.dim() == 2], weight_decay=o["weight_decay"]),
        dict(params=[q for q in p.values() if q.dim() == 1], weight_decay=0.0),
    ]
    adamw = torch.optim.AdamW(groups, betas=(o["beta1"], o["beta2"]), eps=1e-8)
    losses, norms, rates = [], [], []
    for it, batch in enumerate(batches):
        rates.append(learning_rate(it))
        for group in adamw.param_groups:
            group["lr"] = rates[-1]
        adamw.zero_grad()
        loss = loss_of(p, case, batch)[1]
        loss.backward()
        norms.append(numbers(torch.nn.utils.clip_grad_norm_(p.values(), o["grad_clip"]))[0])
        adamw.step()
        losses.append(numbers(loss)[0])
    return dict(
        settings=OPTIMIZER,
        learning_rates=rates,
        losses=losses,
        grad_norms=norms,
        weights={name: numbers(q) for name, q in p.items()},
    )


def numbers(tensor):
    """A flat list: doubles in full, floats with the nine digits that tell them apart."""
    values = tensor.detach().flatten().tolist()
    if tensor.dtype == torch.float32:
        return [float(f"{value:.9g}") for value in values]
    return values


def random_batch(case, rng):
    shape = (case["B"], case["T"])

    def draw():
        ids = [rng.randrange(case["vocab_size"]) for _ in range(math.prod(shape))]
        return torch.tensor(ids).reshape(shape)

    return dict(tokens=draw(), targets=draw())


def make(name, case):
    rng = random.Random(name)
    weights = initial_weights(case, rng)
    batches = [random_batch(case, rng) for _ in range(OPTIMIZER["steps"])]
    return dict(
        config={key: case[key] for key in CONFIG_KEYS},
        B=case["B"],
        T=case["T"],
        batches=[{key: ids.flatten().tolist() for key, ids in batch.items()} for batch in batches],
        weights={key: numbers(w) for key, w in weights.items()},
        float64=one_pass(weights, case, batches[0], torch.float64),
        float32=one_pass(weights, case, batches[0], torch.float32),
        adamw=train(weights, case, batches),
    )


def lines(value, depth):
    """JSON with a line for each entry of the outer `depth` objects."""
    if depth == 0 or not isinstance(value, dict):
        return json.dumps(value, separators=(",", ":"))
    entries = (f"{json.dumps(key)}: {lines(entry, depth - 1)}" for key, entry in value.items())
    return "{\n" + ",\n".join(entries) + "\n}"


def main():
    torch.set_num_threads(1)
    for name, case in CASES.items():
        path = pathlib.Path(__file__).with_name(name + ".json")
        path.write_text(lines(make(name, case), 3) + "\n")
        print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
