#pragma once

#include <cstdint>

#include "train/recipe.h"

namespace clearformer {

// The learning rate of iteration `iteration`, counted from 0: a linear rise over warmup_steps to
// lr, then as recipe.schedule says to min_lr at `steps`, which holds from there on:
//
//   cosine    half a cosine: nanoGPT's get_lr
//   linear    a line
//   constant  lr, to the end and beyond
//   wsd       lr until the last decay_fraction of the steps, then a line: warm-up, stable, decay.
//   Hu
//             et al., "MiniCPM" (2024); the line is that of Hägele et al., "Scaling laws and
//             compute-optimal training beyond fixed training durations" (2024)
double learning_rate(const Recipe& recipe, std::int64_t iteration);

}  // namespace clearformer
