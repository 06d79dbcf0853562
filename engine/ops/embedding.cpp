#include "ops/embedding.h"

#include "kernels/reduce.h"
#include "kernels/simd.h"
#include "ops/grain.h"

namespace clearformer {

void embedding_forward(const Context& context, float* out, const Token* tokens, const float* wte,
                       const float* wpe, std::int64_t B, std::int64_t T, std::int64_t C) {
  const OpTimer timer(context.profile, __func__);
  context.pool.parallel_for(
      0, B * T, grain_for(C), [&](std::int64_t first, std::int64_t last, int) {
        for (std::int64_t row = first; row < last; ++row) {
          const float* token = wte + tokens[row] * C;
          const float* position = wpe != nullptr ? wpe + (row % T) * C : nullptr;
          simd::for_lanes(C, [&](std::int64_t c, auto n) {
            simd::f32x16 x = simd::load(token + c, n);
            if (position != nullptr) x += simd::load(position + c, n);
            simd::store(out + row * C + c, x, n);
          });
        }
      });
}

void embedding_backward(const Context& context, float* dwte, float* dwpe, const float* dout,
                        const Token* tokens, std::int64_t B, std::int64_t T, std::int64_t C) {
  const OpTimer timer(context.profile, __func__);
  // Two rows may hold the same token, so work is cut by columns.
  context.pool.parallel_for(0, C, kColumnsPerTask, [&](std::int64_t first, std::int64_t last, int) {
    for (std::int64_t row = 0; row < B * T; ++row) {
      const float* d = dout + row * C + first;
      float* token = dwte + tokens[row] * C + first;
      float* position = dwpe != nullptr ? dwpe + (row % T) * C + first : nullptr;
      simd::for_lanes(last - first, [&](std::int64_t c, auto n) {
        const simd::f32x16 v = simd::load(d + c, n);
        simd::store(token + c, simd::load(token + c, n) + v, n);
        if (position != nullptr) simd::store(position + c, simd::load(position + c, n) + v, n);
      });
    }
  });
}

}  // namespace clearformer
