#include "ops/layernorm.h"

#include <cmath>

#include "kernels/reduce.h"
#include "kernels/simd.h"
#include "ops/grain.h"

namespace clearformer {
namespace {

// One row of the output; the only place that writes the formula.
void normalise_row(float* out, const float* x, const float* weight, const float* bias, float mean,
                   float rstd, std::int64_t C) {
  simd::for_lanes(C, [&](std::int64_t c, auto n) {
    simd::f32x16 y = (simd::load(x + c, n) - mean) * rstd * simd::load(weight + c, n);
    if (bias != nullptr) y += simd::load(bias + c, n);
    simd::store(out + c, y, n);
  });
}

}  // namespace

void layernorm_forward(const Context& context, float* out, float* mean, float* rstd, const float* x,
                       const float* weight, const float* bias, std::int64_t rows, std::int64_t C) {
  const OpTimer timer(context.profile, __func__);
  const float size = static_cast<float>(C);
  context.pool.parallel_for(0, rows, grain_for(C), [&](std::int64_t first, std::int64_t last, int) {
    for (std::int64_t row = first; row < last; ++row) {
      const float* in = x + row * C;
      const float m = sum(in, C) / size;
      // The lanes past the end hold m, so that they add nothing.
      const float variance = sum_of(C,
                                    [&](std::int64_t c, auto n) {
                                      const simd::f32x16 centred =
                                          simd::load(in + c, n, simd::splat(m)) - m;
                                      return centred * centred;
                                    }) /
                             size;
      mean[row] = m;
      rstd[row] = 1.0f / std::sqrt(variance + kLayerNormEpsilon);
      normalise_row(out + row * C, in, weight, bias, m, rstd[row], C);
    }
  });
}

void layernorm_recompute(const Context& context, float* out, const float* x, const float* weight,
                         const float* bias, const float* mean, const float* rstd, std::int64_t rows,
                         std::int64_t C) {
  const OpTimer timer(context.profile, __func__);
  context.pool.parallel_for(0, rows, grain_for(C), [&](std::int64_t first, std::int64_t last, int) {
    for (std::int64_t row = first; row < last; ++row)
      normalise_row(out + row * C, x + row * C, weight, bias, mean[row], rstd[row], C);
  });
}

void layernorm_backward(const Context& context, float* dx, float* dweight, float* dbias,
                        const float* dout, const float* dresidual, const float* x,
                        const float* weight, const float* mean, const float* rstd,
                        std::int64_t rows, std::int64_t C) {
  const OpTimer timer(context.profile, __func__);
  add_columns(context, dweight, rows, C, [&](std::int64_t row, std::int64_t c, auto n) {
    const std::int64_t i = row * C + c;
    return simd::load(dout + i, n) * ((simd::load(x + i, n) - mean[row]) * rstd[row]);
  });
  if (dbias != nullptr) add_column_sums(context, dbias, dout, rows, C);

  const float size = static_cast<float>(C);
  context.pool.parallel_for(0, rows, grain_for(C), [&](std::int64_t first, std::int64_t last, int) {
    for (std::int64_t row = first; row < last; ++row) {
      const float* in = x + row * C;
      const float* d = dout + row * C;
      const float m = mean[row], r = rstd[row];
      // dnorm: the gradient of the normalised x; norm: the normalised x itself.
      const auto dnorm = [&](std::int64_t c, auto n) {
        return simd::load(d + c, n) * simd::load(weight + c, n);
      };
      const auto norm = [&](std::int64_t c, auto n) {
        return (simd::load(in + c, n, simd::splat(m)) - m) * r;
      };
      const float dnorm_mean = sum_of(C, dnorm) / size;
      const float dnorm_norm_mean =
          sum_of(C, [&](std::int64_t c, auto n) { return dnorm(c, n) * norm(c, n); }) / size;
      simd::for_lanes(C, [&](std::int64_t c, auto n) {
        simd::f32x16 g = (dnorm(c, n) - dnorm_mean - norm(c, n) * dnorm_norm_mean) * r;
        if (dresidual != nullptr) g += simd::load(dresidual + row * C + c, n);
        simd::store(dx + row * C + c, g, n);
      });
    }
  });
}

}  // namespace clearformer
