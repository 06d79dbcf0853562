#!/usr/bin/env python3
"""Writes the golden values that engine/reference and the fast model are compared with.

    python3 tests/golden/make_golden.py     (needs PyTorch; Debian: python3-torch)

A GPT with pre-norm blocks, its gradients and ten steps of AdamW, all by PyTorch's own operators, in double
and in float; what a case does not name is as GPT-2 has it. Matrices lie as (in, out): y = x W + b. Each case is one JSON
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
    "llama": dict(
        n_layer=1,
        n_head=2,
        n_embd=8,
        block_size=6,
        vocab_size=9,
        bias=False,
        norm="rmsnorm",
        activation="swiglu",
        position="rotary",
        n_kv_head=1,
        tied_head=False,
        B=2,
        T=6,
    ),
    "squares_without_positions": dict(
        n_layer=1,
        n_head=3,
        n_embd=9,
        block_size=5,
        vocab_size=7,
        bias=True,
        activation="relu2",
        position="none",
        qk_norm=True,
        B=2,
        T=5,
    ),
    "every_optimizer": dict(
        n_layer=1,
        n_head=2,
        n_embd=6,
        block_size=5,
        vocab_size=7,
        bias=True,
        activation="swiglu",
        n_kv_head=1,
        label_smoothing=0.125,  # exact in float
        z_loss=0.015625,
        B=2,
        T=5,
    ),
}
GPT2 = dict(
    norm="layernorm",
    activation="gelu",
    position="learned",
    n_kv_head=0,
    qk_norm=False,
    tied_head=True,
    label_smoothing=0.0,
    z_loss=0.0,
)
EPSILON = 1e-5
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
MOMENTUM = 0.9
# Trained by the other optimizers as well.
BY_EVERY_OPTIMIZER = ["every_optimizer"]


def head_sizes(case):
    """Heads, heads of keys and values, and the size of each."""
    NH = case["n_head"]
    return NH, case["n_kv_head"] or NH, case["n_embd"] // NH


def hidden_size(case):
    """4 C; with gates Llama's 8/3 C, up to a multiple of 16."""
    C = case["n_embd"]
    return math.ceil(8 * C / 3 / 16) * 16 if case["activation"] == "swiglu" else 4 * C


def parameter_shapes(case):
    """Name -> shape of every parameter."""
    C, H = case["n_embd"], hidden_size(case)
    NH, NKV, HS = head_sizes(case)
    shapes = {"wte.weight": (case["vocab_size"], C)}
    if case["position"] == "learned":
        shapes["wpe.weight"] = (case["block_size"], C)

    def norm(name):
        shapes[name + ".weight"] = (C,)
        if case["bias"] and case["norm"] == "layernorm":
            shapes[name + ".bias"] = (C,)

    def linear(name, c_in, c_out):
        shapes[name + ".weight"] = (c_in, c_out)
        if case["bias"]:
            shapes[name + ".bias"] = (c_out,)

    for layer in range(case["n_layer"]):
        block = f"h.{layer}."
        norm(block + "ln_1")
        linear(block + "attn.c_attn", C, (NH + 2 * NKV) * HS)
        if case["qk_norm"]:
            shapes[block + "attn.q_norm.weight"] = (HS,)
            shapes[block + "attn.k_norm.weight"] = (HS,)
        linear(block + "attn.c_proj", C, C)
        norm(block + "ln_2")
        linear(block + "mlp.c_fc", C, 2 * H if case["activation"] == "swiglu" else H)
        linear(block + "mlp.c_proj", H, C)
    norm("ln_f")
    if not case["tied_head"]:
        shapes["lm_head.weight"] = (case["vocab_size"], C)
    return shapes


def initial_weights(case, rng):
    """Large enough that no gradient is lost in another's rounding; norms around 1."""
    weights = {}
    for name, shape in parameter_shapes(case).items():
        is_scale = len(shape) == 1 and name.endswith("weight")
        centre = 1.0 if is_scale else 0.0
        values = [centre + rng.randint(-400, 400) / 1024 for _ in range(math.prod(shape))]
        weights[name] = torch.tensor(values, dtype=torch.float64).reshape(shape)
    return weights


def model(p, case, tokens):
    """Logits (B, T, V) of tokens (B, T)."""
    B, T = tokens.shape
    C = case["n_embd"]
    NH, NKV, HS = head_sizes(case)
    x = p["wte.weight"][tokens]

    def rms_norm(x, name):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + EPSILON) * p[name + ".weight"]

    def norm(x, name):
        if case["norm"] == "rmsnorm":
            return rms_norm(x, name)
        return F.layer_norm(x, (C,), p[name + ".weight"], p.get(name + ".bias"), eps=EPSILON)

    def linear(x, name):
        y = x @ p[name + ".weight"]
        return y + p[name + ".bias"] if case["bias"] else y

    def rotate(x):
        """As Hugging Face's apply_rotary_pos_emb."""
        frequencies = 10000.0 ** (-torch.arange(0, HS, 2, dtype=torch.float64) / HS)
        angles = torch.arange(T, dtype=torch.float64)[:, None] * frequencies
        cos, sin = (torch.cat((f, f), dim=-1).to(x.dtype) for f in (angles.cos(), angles.sin()))
        half = torch.cat((-x[..., HS // 2 :], x[..., : HS // 2]), dim=-1)
        return x * cos + half * sin

    def attention(x, block):
        widths = (NH * HS, NKV * HS, NKV * HS)
        q, k, v = (
            part.reshape(B, T, -1, HS).transpose(1, 2)
            for part in linear(x, block + "attn.c_attn").split(widths, dim=-1)
        )
        if case["qk_norm"]:
            q, k = rms_norm(q, block + "attn.q_norm"), rms_norm(k, block + "attn.k_norm")
        if case["position"] == "rotary":
            q, k = rotate(q), rotate(k)
        k, v = (part.repeat_interleave(NH // NKV, dim=1) for part in (k, v))
        scores = q @ k.transpose(-2, -1) / math.sqrt(HS)
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        weights = scores.masked_fill(future, -math.inf).softmax(dim=-1)
        return linear((weights @ v).transpose(1, 2).reshape(B, T, C), block + "attn.c_proj")

    def activation(x):
        if case["activation"] == "swiglu":
            gate, up = x.chunk(2, dim=-1)
            return F.silu(gate) * up
        return F.relu(x).square() if case["activation"] == "relu2" else F.gelu(x, approximate="tanh")

    if case["position"] == "learned":
        x = x + p["wpe.weight"][:T]
    for layer in range(case["n_layer"]):
        block = f"h.{layer}."
        x = x + attention(norm(x, block + "ln_1"), block)
        hidden = activation(linear(norm(x, block + "ln_2"), block + "mlp.c_fc"))
        x = x + linear(hidden, block + "mlp.c_proj")
    head = "wte.weight" if case["tied_head"] else "lm_head.weight"
    return norm(x, "ln_f") @ p[head].T


def loss_of(p, case, batch):
    """Logits, the cross-entropy, and what is trained on: with smoothed targets and the z-loss."""
    logits = model(p, case, batch["tokens"])
    rows, targets = logits.flatten(0, 1), batch["targets"].flatten()
    smoothed = F.cross_entropy(rows, targets, label_smoothing=case["label_smoothing"])
    z_loss = case["z_loss"] * rows.logsumexp(dim=-1).square().mean()
    return logits, F.cross_entropy(rows, targets), smoothed + z_loss


def parameters_of(weights, dtype):
    return {name: w.to(dtype).clone().requires_grad_() for name, w in weights.items()}


def one_pass(weights, case, batch, dtype):
    p = parameters_of(weights, dtype)
    logits, loss, objective = loss_of(p, case, batch)
    objective.backward()
    gradients = {name: numbers(q.grad) for name, q in p.items()}
    return dict(loss=numbers(loss)[0], logits=numbers(logits), gradients=gradients)


def learning_rate(it):
    """nanoGPT's schedule: linear warm-up, then a cosine down to min_lr."""
    o = OPTIMIZER
    if it < o["warmup_steps"]:
        return o["lr"] * (it + 1) / (o["warmup_steps"] + 1)
    progress = (it - o["warmup_steps"]) / (o["steps"] - o["warmup_steps"])
    return o["min_lr"] + 0.5 * (1.0 + math.cos(math.pi * progress)) * (o["lr"] - o["min_lr"])


def adamw(p):
    """AdamW; weight decay on matrices only."""
    o = OPTIMIZER
    groups = [
        dict(params=[q for q in p.values() if q.dim() == 2], weight_decay=o["weight_decay"]),
        dict(params=[q for q in p.values() if q.dim() == 1], weight_decay=0.0),
    ]
    return torch.optim.AdamW(groups, betas=(o["beta1"], o["beta2"]), eps=1e-8)


class DecoupledSgd(torch.optim.SGD):
    """SGD with momentum; the decay of matrices apart from the gradient, as in AdamW."""

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for q in group["params"]:
                if q.dim() == 2:
                    q.mul_(1 - group["lr"] * OPTIMIZER["weight_decay"])
        super().step()


class Muon(torch.optim.Optimizer):
    """As torch.optim.Muon of later versions with adjust_lr_fn="match_rms_adamw", in double."""

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for q in group["params"]:
                mean = self.state[q].setdefault("mean", torch.zeros_like(q))
                mean.lerp_(q.grad, 1 - MOMENTUM)
                ahead = q.grad.lerp(mean, MOMENTUM)
                q.mul_(1 - group["lr"] * OPTIMIZER["weight_decay"])
                for part in group["parts"]:
                    update = self.orthogonal(ahead[:, part])
                    scale = 0.2 * math.sqrt(max(update.shape))
                    q[:, part] -= group["lr"] * scale * update

    @staticmethod
    def orthogonal(x):
        a, b, c = 3.4445, -4.7750, 2.0315
        tall = x.shape[0] > x.shape[1]
        x = x.T if tall else x
        x = x / x.norm().clamp(min=1e-7)
        for _ in range(5):
            gram = x @ x.T
            x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
        return x.T if tall else x


def muon(p, case):
    """A Muon for the blocks' matrices, with the linear maps that lie side by side apart."""

    def parts(name, q):
        NH, NKV, HS = head_sizes(case)
        widths = [q.shape[1]]
        if "c_attn" in name:
            widths = [NH * HS, NKV * HS, NKV * HS]
        elif "c_fc" in name and case["activation"] == "swiglu":
            widths = [q.shape[1] // 2] * 2
        ends = [sum(widths[: i + 1]) for i in range(len(widths))]
        return [slice(end - width, end) for end, width in zip(ends, widths)]

    hidden = {name: q for name, q in p.items() if name.startswith("h.") and q.dim() == 2}
    rest = {name: q for name, q in p.items() if name not in hidden}
    groups = [dict(params=[q], parts=parts(name, q)) for name, q in hidden.items()]
    return [Muon(groups, dict(lr=0.0)), adamw(rest)]


def train(weights, case, batches, make_optimizers):
    """Ten steps in double."""
    o = OPTIMIZER
    p = parameters_of(weights, torch.float64)
    optimizers = make_optimizers(p)
    losses, norms, rates = [], [], []
    for it, batch in enumerate(batches):
        rates.append(learning_rate(it))
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rates[-1]
            optimizer.zero_grad()
        _, loss, objective = loss_of(p, case, batch)
        objective.backward()
        norms.append(numbers(torch.nn.utils.clip_grad_norm_(p.values(), o["grad_clip"]))[0])
        for optimizer in optimizers:
            optimizer.step()
        losses.append(numbers(loss)[0])
    return dict(
        settings=OPTIMIZER,
        learning_rates=rates,
        losses=losses,
        grad_norms=norms,
        weights={name: numbers(q) for name, q in p.items()},
    )


def train_by_others(name, weights, case, batches):
    if name not in BY_EVERY_OPTIMIZER:
        return {}
    sgd = lambda p: [DecoupledSgd(p.values(), lr=0.0, momentum=MOMENTUM)]
    return dict(
        momentum=MOMENTUM,
        muon=train(weights, case, batches, lambda p: muon(p, case)),
        sgd=train(weights, case, batches, sgd),
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


def make(name, named):
    case = GPT2 | named
    rng = random.Random(name)
    weights = initial_weights(case, rng)
    batches = [random_batch(case, rng) for _ in range(OPTIMIZER["steps"])]
    return dict(
        config={key: value for key, value in named.items() if key not in ("B", "T")},
        B=case["B"],
        T=case["T"],
        batches=[{key: ids.flatten().tolist() for key, ids in batch.items()} for batch in batches],
        weights={key: numbers(w) for key, w in weights.items()},
        float64=one_pass(weights, case, batches[0], torch.float64),
        float32=one_pass(weights, case, batches[0], torch.float32),
        adamw=train(weights, case, batches, lambda p: [adamw(p)]),
        **train_by_others(name, weights, case, batches),
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
