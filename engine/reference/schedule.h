#pragma once

#include "reference/number.h"

namespace clearformer::reference {

enum class Descent { cosine, linear, constant, wsd };

struct Schedule {
  double lr = 1e-3;      // the highest
  double min_lr = 1e-4;  // at the end
  Index warmup_steps = 100;
  Index steps = 2000;
  Descent descent = Descent::cosine;
  double decay_fraction = 0.2;  // of the steps: wsd's way down
};

// The learning rate of iteration `it`, counted from 0: a linear rise, then the way down to min_lr,
// which holds from `steps` on, unless it is constant. The cosine is nanoGPT's get_lr, with
// lr_decay_iters = steps. See train/schedule.h.
double learning_rate(const Schedule& schedule, Index it);

}  // namespace clearformer::reference
