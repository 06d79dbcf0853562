#include "ops/cross_entropy.h"

#include <algorithm>

#include "base/math.h"
#include "kernels/reduce.h"
#include "ops/grain.h"
#include "ops/softmax.h"

namespace clearformer {

void cross_entropy_forward(const Context& context, float* losses, const float* logits,
                           const Token* targets, std::int64_t rows, std::int64_t V) {
  const OpTimer timer(context.profile, __func__);
  context.pool.parallel_for(0, rows, grain_for(V), [&](std::int64_t first, std::int64_t last, int) {
    for (std::int64_t row = first; row < last; ++row) {
      const float* x = logits + row * V;
      const float m = max(x, V);
      const float total = sum_of(V, [&](std::int64_t v, auto n) {
        // Lanes past the end are -inf before the exponential, zero after it.
        constexpr float kNone = -std::numeric_limits<float>::infinity();
        return exp(simd::load(x + v, n, simd::splat(kNone)) - m);
      });
      losses[row] = static_cast<float>(log(static_cast<double>(total)) +
                                       (static_cast<double>(m) - x[targets[row]]));
    }
  });
}

void cross_entropy_backward(const Context& context, float* dlogits, const float* logits,
                            const Token* targets, const LossTerms& terms, float dloss,
                            std::int64_t rows, std::int64_t V) {
  const OpTimer timer(context.profile, __func__);
  const float on_target = 1.0f - terms.label_smoothing;
  const float on_each = terms.label_smoothing / static_cast<float>(V);
  context.pool.parallel_for(0, rows, grain_for(V), [&](std::int64_t first, std::int64_t last, int) {
    for (std::int64_t row = first; row < last; ++row) {
      float* d = dlogits + row * V;
      if (dlogits != logits) std::copy_n(logits + row * V, V, d);
      const SoftmaxRow softmax = softmax_row(d, 1.0f, V);
      float push = 1.0f;  // of each probability
      if (terms.z_loss != 0) {
        const double log_z = softmax.max - log(static_cast<double>(softmax.inverse_sum));
        push += 2.0f * terms.z_loss * static_cast<float>(log_z);
      }
      // Before the row is overwritten; without terms p * 1 - 0 are p's own bits.
      const float at_target = (d[targets[row]] * push - on_each - on_target) * dloss;
      simd::for_lanes(V, [&](std::int64_t v, auto n) {
        simd::store(d + v, (simd::load(d + v, n) * push - on_each) * dloss, n);
      });
      d[targets[row]] = at_target;
    }
  });
}

}  // namespace clearformer
