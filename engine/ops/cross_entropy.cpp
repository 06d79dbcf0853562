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
                            const Token* targets, float dloss, std::int64_t rows, std::int64_t V) {
  const OpTimer timer(context.profile, __func__);
  context.pool.parallel_for(0, rows, grain_for(V), [&](std::int64_t first, std::int64_t last, int) {
    for (std::int64_t row = first; row < last; ++row) {
      float* d = dlogits + row * V;
      if (dlogits != logits) std::copy_n(logits + row * V, V, d);
      softmax_row(d, 1.0f, V);
      d[targets[row]] -= 1.0f;
      multiply(d, dloss, V);
    }
  });
}

}  // namespace clearformer
