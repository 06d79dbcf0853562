#pragma once

#include "reference/number.h"

namespace clearformer::reference {

struct Schedule {
  double lr = 1e-3;      // the highest
  double min_lr = 1e-4;  // at the end
  Index warmup_steps = 100;
  Index steps = 2000;
};

// The learning rate of iteration `it`, counted from 0: a linear rise, then half a cosine down to
// min_lr, which holds from `steps` on. nanoGPT's get_lr, with lr_decay_iters = steps.
double learning_rate(const Schedule& schedule, Index it);

}  // namespace clearformer::reference
