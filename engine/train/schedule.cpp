#include "train/schedule.h"

#include <algorithm>

#include "base/math.h"

namespace clearformer {

double learning_rate(const Recipe& r, std::int64_t iteration) {
  if (iteration < r.warmup_steps)
    return r.lr * static_cast<double>(iteration + 1) / static_cast<double>(r.warmup_steps + 1);
  if (r.schedule == "constant") return r.lr;
  if (iteration >= r.steps) return r.min_lr;
  double first = r.warmup_steps;  // of the way down
  if (r.schedule == "wsd") first = std::max(first, r.steps - r.steps * r.decay_fraction);
  const double at = static_cast<double>(iteration);
  if (at < first) return r.lr;
  const double progress = (at - first) / (r.steps - first);
  const double height = r.schedule == "cosine" ? 0.5 * (1.0 + cos_pi(progress)) : 1.0 - progress;
  return r.min_lr + height * (r.lr - r.min_lr);
}

}  // namespace clearformer
