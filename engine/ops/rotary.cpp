#include "ops/rotary.h"

#include "base/math.h"
#include "kernels/simd.h"
#include "ops/grain.h"

namespace clearformer {
namespace {

// direction: 1 turns forward, -1 back.
void rotate(const Context& context, float* qkv, const float* table, float direction,
            const AttentionShape& s) {
  const std::int64_t HS = s.head_size(), half = HS / 2;
  const std::int64_t heads = s.n_head + s.n_kv_head;  // queries and keys lie side by side
  context.pool.parallel_for(
      0, s.B * s.T, grain_for(heads * HS), [&](std::int64_t first, std::int64_t last, int) {
        for (std::int64_t row = first; row < last; ++row) {
          const float* cos = table + row % s.T * HS;
          const float* sin = cos + half;
          for (std::int64_t head = 0; head < heads; ++head) {
            float* a = qkv + row * s.qkv_width() + head * HS;
            float* b = a + half;
            std::int64_t i = 0;
            for (; i + simd::kRegisterLanes <= half; i += simd::kRegisterLanes) {
              const simd::Register c = simd::load_register(cos + i);
              const simd::Register d = simd::load_register(sin + i) * direction;
              const simd::Register x0 = simd::load_register(a + i), x1 = simd::load_register(b + i);
              simd::store_register(a + i, x0 * c - x1 * d);
              simd::store_register(b + i, x1 * c + x0 * d);
            }
            for (; i < half; ++i) {
              const float c = cos[i], d = sin[i] * direction, x0 = a[i], x1 = b[i];
              a[i] = x0 * c - x1 * d;
              b[i] = x1 * c + x0 * d;
            }
          }
        }
      });
}

}  // namespace

void rotary_table(float* table, std::int64_t T, std::int64_t HS) {
  constexpr double kLogTheta = 9.210340371976184;  // ln kRotaryTheta
  constexpr double kInversePi = 0.3183098861837907;
  const std::int64_t half = HS / 2;
  for (std::int64_t i = 0; i < half; ++i) {
    const double w = exp(-kLogTheta * static_cast<double>(2 * i) / static_cast<double>(HS));
    const double cos_w = cos_pi(w * kInversePi), sin_w = cos_pi(w * kInversePi - 0.5);
    double c = 1, s = 0;
    for (std::int64_t t = 0; t < T; ++t) {
      table[t * HS + i] = static_cast<float>(c);
      table[t * HS + half + i] = static_cast<float>(s);
      const double next = c * cos_w - s * sin_w;
      s = s * cos_w + c * sin_w;
      c = next;
    }
  }
}

void rotary_forward(const Context& context, float* qkv, const float* table,
                    const AttentionShape& shape) {
  const OpTimer timer(context.profile, __func__);
  rotate(context, qkv, table, 1, shape);
}

void rotary_backward(const Context& context, float* dqkv, const float* table,
                     const AttentionShape& shape) {
  const OpTimer timer(context.profile, __func__);
  rotate(context, dqkv, table, -1, shape);
}

}  // namespace clearformer
