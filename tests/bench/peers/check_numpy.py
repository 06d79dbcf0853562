#!/usr/bin/env python3
"""Checks numpy_step.py's hand-written gradients and its AdamW against PyTorch.

    /usr/bin/python3 tests/bench/peers/check_numpy.py

From the same weights and batches: every tensor's gradient, then every tensor after some AdamW steps,
both against PyTorch in double. What float32 may differ by is measured: PyTorch's own does too.
"""

import itertools
import sys

import numpy as np
import numpy_step
import torch
import torch_step
from timing import random_batches

RECIPE = dict(n_layer=2, n_head=3, n_embd=24, block_size=17, batch_size=5, vocab_size=11)
STEPS = 10
MARGIN = 10  # NumPy may round differently from PyTorch, by no more than this many times as much


class Torch:
    def __init__(self, dtype):
        self.model = torch_step.Model(RECIPE).to(dtype)
        self.step = torch_step.stepper(self.model)

    def tensors(self):
        return {name: getattr(self.model, a) for name, a in self.model.names.items()}

    def gradients(self):
        """Of the last step, clipped."""
        return {name: x.grad.double().numpy() for name, x in self.tensors().items()}

    def parameters(self):
        return {name: x.detach().double().numpy() for name, x in self.tensors().items()}


def differences(what, got, single, exact):
    """The names of the tensors that are further from exact than rounding explains."""

    def distance(x, y):
        return np.linalg.norm(x - y) / np.linalg.norm(y)

    rounding = max(distance(single[name], exact[name]) for name in exact)
    print(f"{what}: relative distance from PyTorch in double; PyTorch in float up to {rounding:.1e}")
    wrong = []
    for name in exact:
        d = distance(got[name], exact[name])
        print(f"  {name:12} {d:.1e}")
        if not d <= MARGIN * rounding:
            wrong.append(f"{what} {name}")
    return wrong


def main():
    numpy_step.GRAD_CLIP = torch_step.GRAD_CLIP = 0.1  # so that clipping bites at this size
    ours = numpy_step.Model(RECIPE)
    step = numpy_step.stepper(ours)
    single, exact = Torch(torch.float32), Torch(torch.float64)
    batches = random_batches(RECIPE)

    batch = next(batches)
    _, gradients = ours.loss_and_gradients(*batch)
    losses = [one.step(*batch) for one in (single, exact)]
    step(*batch)
    clip = numpy_step.clip_factor(gradients)
    gradients = {name: clip * g for name, g in gradients.items()}
    print(f"the gradient is clipped by {clip:.3f}; loss {losses[1]:.6f}")
    wrong = differences("gradient", gradients, single.gradients(), exact.gradients())
    for batch in itertools.islice(batches, STEPS - 1):
        for one in (step, single.step, exact.step):
            one(*batch)
    wrong += differences("parameter", ours.p, single.parameters(), exact.parameters())
    sys.exit(f"These differ: {', '.join(wrong)}" if wrong else 0)


if __name__ == "__main__":
    main()
