"""What the peers share: how they are asked, what they train on, how they are timed."""

import json
import statistics
import sys
import time

import numpy as np

WARM_UP = 3
LEAST = 5


def read_request():
    """The one argument: {"recipe": {...}, "vocab_size": V, "seconds": S}."""
    request = json.loads(sys.argv[1])
    return dict(request["recipe"], vocab_size=request["vocab_size"]), request["seconds"]


def random_batches(recipe, seed=1):
    """Inputs and targets (B, T) without end, from one random text: speed does not depend on sense."""
    B, T, V = recipe["batch_size"], recipe["block_size"], recipe["vocab_size"]
    rng = np.random.default_rng(seed)
    text = rng.integers(0, V, max(100_000, 30 * T))
    while True:
        window = rng.integers(0, len(text) - T, B)[:, None] + np.arange(T)
        yield text[window], text[window + 1]


def measure(step, recipe, seconds, version):
    """Calls step(inputs, targets) -> loss for about so many seconds and prints the median."""
    batches = random_batches(recipe)
    times = []
    start = None
    while len(times) < WARM_UP + LEAST or time.perf_counter() < start + seconds:
        if len(times) == WARM_UP:
            start = time.perf_counter()
        before = time.perf_counter()
        loss = step(*next(batches))
        times.append(time.perf_counter() - before)
    ms_per_step = 1e3 * statistics.median(times[WARM_UP:])
    print(json.dumps({"ms_per_step": ms_per_step, "loss": loss, "version": version}))
