#pragma once

#include <cstdint>

#include "train/recipe.h"

namespace clearformer {

// The learning rate of iteration `iteration`, counted from 0: a linear rise over warmup_steps, then
// half a cosine from lr down to min_lr at `steps`, which holds from there on. nanoGPT's get_lr.
double learning_rate(const Recipe& recipe, std::int64_t iteration);

}  // namespace clearformer
