#include "reference/schedule.h"

#include <cmath>
#include <numbers>

namespace clearformer::reference {

double learning_rate(const Schedule& schedule, Index it) {
  const double rise = static_cast<double>(schedule.warmup_steps);
  if (it < schedule.warmup_steps) return schedule.lr * static_cast<double>(it + 1) / (rise + 1.0);
  if (it >= schedule.steps) return schedule.min_lr;

  const double progress =
      (static_cast<double>(it) - rise) / (static_cast<double>(schedule.steps) - rise);
  const double height = 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
  return schedule.min_lr + height * (schedule.lr - schedule.min_lr);
}

}  // namespace clearformer::reference
