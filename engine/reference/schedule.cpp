#include "reference/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace clearformer::reference {

double learning_rate(const Schedule& schedule, Index it) {
  const double rise = static_cast<double>(schedule.warmup_steps);
  if (it < schedule.warmup_steps) return schedule.lr * static_cast<double>(it + 1) / (rise + 1.0);
  if (schedule.descent == Descent::constant) return schedule.lr;
  if (it >= schedule.steps) return schedule.min_lr;

  // How much of the way down is done.
  const double steps = static_cast<double>(schedule.steps), now = static_cast<double>(it);
  const double stable = steps * (1.0 - schedule.decay_fraction);
  const double first = schedule.descent == Descent::wsd ? std::max(rise, stable) : rise;
  const double progress = std::max(0.0, (now - first) / (steps - first));
  const double height = schedule.descent == Descent::cosine
                            ? 0.5 * (1.0 + std::cos(std::numbers::pi * progress))
                            : 1.0 - progress;
  return schedule.min_lr + height * (schedule.lr - schedule.min_lr);
}

}  // namespace clearformer::reference
