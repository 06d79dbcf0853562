#!/usr/bin/env python3
"""A GPT's training step in PyTorch, to be timed beside the engine's.

    OPENBLAS_NUM_THREADS=1 python3 torch_step.py '{"recipe": {...}, "vocab_size": 65, "seconds": 3}'

The same model as numpy_step.py, by PyTorch's own operators and its own AdamW, on one thread.
"""

import math

import torch
from numpy_step import BETA1, BETA2, EPSILON, GRAD_CLIP, LR, WEIGHT_DECAY, init
from timing import measure, read_request
from torch.nn import functional as F


class Model(torch.nn.Module):
    def __init__(self, recipe):
        super().__init__()
        self.layers, self.heads = recipe["n_layer"], recipe["n_head"]
        # numpy_step's names; a module's parameters may have no dots.
        self.names = {name: name.replace(".", "_") for name in init(recipe)}
        for name, value in init(recipe).items():
            self.register_parameter(self.names[name], torch.nn.Parameter(torch.from_numpy(value)))
        T = recipe["block_size"]
        self.register_buffer("future", torch.ones(T, T, dtype=torch.bool).triu(1))

    def norm(self, x, weight):
        return F.layer_norm(x, weight.shape, weight, None, 1e-5)

    def attention(self, qkv):
        B, T, C = qkv.shape[0], qkv.shape[1], qkv.shape[2] // 3
        heads = (B, T, self.heads, C // self.heads)
        q, k, v = (x.view(heads).transpose(1, 2) for x in qkv.split(C, dim=2))
        scores = (q @ k.transpose(-1, -2)) * (1 / math.sqrt(heads[3]))
        weights = F.softmax(scores.masked_fill(self.future[:T, :T], -math.inf), dim=-1)
        return (weights @ v).transpose(1, 2).reshape(B, T, C)

    def forward(self, inputs, targets):
        p = {name: getattr(self, attribute) for name, attribute in self.names.items()}
        x = F.embedding(inputs, p["wte"]) + p["wpe"][: inputs.shape[1]]
        for i in range(self.layers):
            h = f"h.{i}."
            mixed = self.attention(self.norm(x, p[h + "ln_1"]) @ p[h + "c_attn"])
            x = x + mixed @ p[h + "c_proj"]
            wide = F.gelu(self.norm(x, p[h + "ln_2"]) @ p[h + "c_fc"], approximate="tanh")
            x = x + wide @ p[h + "c_proj_2"]
        logits = self.norm(x, p["ln_f"]) @ p["wte"].T
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def stepper(model):
    """A function that trains the model on a batch and returns its loss."""
    parameters = list(model.parameters())
    matrices = [x for x in parameters if x.dim() == 2]
    vectors = [x for x in parameters if x.dim() == 1]
    groups = [
        {"params": matrices, "weight_decay": WEIGHT_DECAY},
        {"params": vectors, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=LR, betas=(BETA1, BETA2), eps=EPSILON)

    def step(inputs, targets):
        loss = model(torch.from_numpy(inputs), torch.from_numpy(targets))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, GRAD_CLIP)
        optimizer.step()
        return loss.item()

    return step


def main():
    torch.set_num_threads(1)
    recipe, seconds = read_request()
    measure(stepper(Model(recipe)), recipe, seconds, torch.__version__)


if __name__ == "__main__":
    main()
