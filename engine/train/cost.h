#pragma once

#include <cstdint>

#include "train/recipe.h"

namespace clearformer {

// Floating point operations of one training step, a multiplication and an addition counted as two:
//
//   6 N (L W C + V C)  +  6 L N (T + 1) C  +  6 R L W C,     N = B T grad_accum_steps
//
// where W C are the numbers of a block's matrices: 12 C^2 as GPT-2 has them, and R is lora_rank;
// and with Muon what it needs of each, once a step (train/muon.md). Matrix products only: forward
// once, backward twice; attention over the positions that a query sees. What is computed again in
// backward does not count.
double step_flops(const Recipe& recipe, int vocab_size);

}  // namespace clearformer
