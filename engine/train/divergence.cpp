#include "train/divergence.h"

#include <algorithm>
#include <cmath>

#include "base/math.h"
#include "train/optimizer.h"

namespace clearformer {

Measured measure(const float* x, std::int64_t n) {
  Measured m;
  for (std::int64_t i = 0; i < n; ++i) {
    const float magnitude = std::fabs(x[i]);
    m.negative |= x[i] < 0;
    if (magnitude <= std::numeric_limits<float>::max())
      m.largest = std::max(m.largest, magnitude);
    else
      m.finite = false;
  }
  return m;
}

StateBound StateBound::after(const Recipe& r, double lr, std::int64_t t,
                             double gradient_norm) const {
  const double gradient = gradient_norm * gradient_scale(r, gradient_norm);
  const bool adds_up = r.optimizer == "sgd";
  const double next = adds_up ? r.momentum * moment + gradient
                              : std::max({moment, gradient, gradient * gradient, 1.0});
  const double reach = adds_up ? 1.0 : 1.0 / (1.0 - power(r.beta1, t)) / kAdamEpsilon;
  const double decay = std::max(1.0, std::abs(1.0 - lr * r.weight_decay));
  return {weight * decay + lr * reach * next, next};
}

bool StateBound::is_safe(const Recipe& r) const {
  const double product = r.lora_rank > 0 ? r.lora_alpha * weight * weight : 0;
  return weight + product < kSafe && moment < kSafe;
}

}  // namespace clearformer
