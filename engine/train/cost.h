#pragma once

#include <cstdint>

#include "train/recipe.h"

namespace clearformer {

// Floating point operations of one training step, a multiplication and an addition counted as two:
//
//   6 N (12 L C^2 + V C)  +  6 L B T (T + 1) C,     N = B T grad_accum_steps
//
// Matrix products only: forward once, backward twice; attention over the positions that a query
// sees. What is computed again in backward does not count.
double step_flops(const Recipe& recipe, int vocab_size);

}  // namespace clearformer
