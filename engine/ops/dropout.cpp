#include "ops/dropout.h"

#include <algorithm>

#include "ops/grain.h"

namespace clearformer {

void apply_dropout(float* values, const Dropout& dropout, std::uint64_t first, std::int64_t size) {
  // A draw is 32 bits, so p is met to 2^-32.
  const auto threshold = static_cast<std::uint64_t>(static_cast<double>(dropout.p) * 0x1p32);
  const float scale = 1.0f / (1.0f - dropout.p);
  std::int64_t i = 0;
  while (i < size) {
    const std::uint64_t index = first + i;
    const PhiloxBlock words = dropout.rng.block(static_cast<std::uint32_t>(index / 4));
    for (std::uint64_t w = index % 4; w < 4 && i < size; ++w, ++i)
      values[i] *= words[w] < threshold ? 0.0f : scale;
  }
}

void dropout_forward(const Context& context, float* out, const float* x, const float* residual,
                     const Dropout& dropout, std::int64_t size) {
  const OpTimer timer(context.profile, __func__);
  context.pool.parallel_for(
      0, size, kElementsPerTask, [&](std::int64_t first, std::int64_t last, int) {
        constexpr std::int64_t kChunk = 256;
        float kept[kChunk];
        for (std::int64_t i = first; i < last; i += kChunk) {
          const std::int64_t n = std::min(kChunk, last - i);
          std::copy_n(x + i, n, kept);
          apply_dropout(kept, dropout, i, n);
          for (std::int64_t j = 0; j < n; ++j)
            out[i + j] = residual != nullptr ? residual[i + j] + kept[j] : kept[j];
        }
      });
}

void dropout_backward(const Context& context, float* dx, const float* dout, const Dropout& dropout,
                      std::int64_t size) {
  dropout_forward(context, dx, dout, nullptr, dropout, size);
}

}  // namespace clearformer
