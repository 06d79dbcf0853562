#include "train/schedule.h"

#include "base/math.h"

namespace clearformer {

double learning_rate(const Recipe& r, std::int64_t iteration) {
  if (iteration < r.warmup_steps)
    return r.lr * static_cast<double>(iteration + 1) / static_cast<double>(r.warmup_steps + 1);
  if (iteration >= r.steps) return r.min_lr;
  const double progress = static_cast<double>(iteration - r.warmup_steps) /
                          static_cast<double>(r.steps - r.warmup_steps);
  return r.min_lr + 0.5 * (1.0 + cos_pi(progress)) * (r.lr - r.min_lr);
}

}  // namespace clearformer
