#include "ops/norm.h"

#include <cmath>

#include "base/check.h"
#include "kernels/reduce.h"
#include "kernels/simd.h"
#include "ops/grain.h"

namespace clearformer {
namespace {

// One vector of the output; the only place that writes the formula.
void normalise(float* out, const float* x, const float* weight, const float* bias, float mean,
               float rstd, std::int64_t C) {
  simd::for_lanes(C, [&](std::int64_t c, auto n) {
    simd::f32x16 y = (simd::load(x + c, n) - mean) * rstd * simd::load(weight + c, n);
    if (bias != nullptr) y += simd::load(bias + c, n);
    simd::store(out + c, y, n);
  });
}

// What is subtracted from vector i: nothing in RMSNorm.
float mean_of(const float* mean, std::int64_t i) {
  return mean != nullptr ? mean[i] : 0.0f;
}

// Calls fn(i, at) for each vector: its number, and where it begins.
template <class Fn>
void for_each_vector(const Context& context, const NormShape& shape, Fn&& fn) {
  context.pool.parallel_for(0, shape.rows, grain_for(shape.groups * shape.C),
                            [&](std::int64_t first, std::int64_t last, int) {
                              const NormShape s = shape;  // in registers
                              for (std::int64_t row = first; row < last; ++row)
                                for (std::int64_t group = 0; group < s.groups; ++group)
                                  fn(row * s.groups + group, row * s.stride + group * s.C);
                            });
}

}  // namespace

void norm_forward(const Context& context, float* out, float* mean, float* rstd, const float* x,
                  const float* weight, const float* bias, const NormShape& s) {
  const OpTimer timer(context.profile, __func__);
  const std::int64_t C = s.C;
  const float size = static_cast<float>(C);
  for_each_vector(context, s, [&](std::int64_t i, std::int64_t at) {
    const float* in = x + at;
    const float m = mean != nullptr ? sum(in, C) / size : 0.0f;
    // The lanes past the end hold m, so that they add nothing.
    const float variance = sum_of(C,
                                  [&](std::int64_t c, auto n) {
                                    const simd::f32x16 centred =
                                        simd::load(in + c, n, simd::splat(m)) - m;
                                    return centred * centred;
                                  }) /
                           size;
    if (mean != nullptr) mean[i] = m;
    rstd[i] = 1.0f / std::sqrt(variance + kNormEpsilon);
    normalise(out + at, in, weight, bias, m, rstd[i], C);
  });
}

void norm_recompute(const Context& context, float* out, const float* x, const float* weight,
                    const float* bias, const float* mean, const float* rstd, const NormShape& s) {
  const OpTimer timer(context.profile, __func__);
  const std::int64_t C = s.C;
  for_each_vector(context, s, [&](std::int64_t i, std::int64_t at) {
    normalise(out + at, x + at, weight, bias, mean_of(mean, i), rstd[i], C);
  });
}

void norm_backward(const Context& context, float* dx, float* dweight, float* dbias,
                   const float* dout, const float* dresidual, const float* x, const float* weight,
                   const float* mean, const float* rstd, const NormShape& s) {
  const OpTimer timer(context.profile, __func__);
  const std::int64_t C = s.C;
  add_columns(context, dweight, s.rows, C, [&](std::int64_t row, std::int64_t c, auto n) {
    simd::f32x16 terms;
    for (std::int64_t group = 0; group < s.groups; ++group) {
      const std::int64_t i = row * s.groups + group, at = row * s.stride + group * C + c;
      const simd::f32x16 term =
          simd::load(dout + at, n) * ((simd::load(x + at, n) - mean_of(mean, i)) * rstd[i]);
      terms = group == 0 ? term : terms + term;
    }
    return terms;
  });
  if (dbias != nullptr) {
    CHECK(s.groups == 1 && s.stride == C);
    add_column_sums(context, dbias, dout, s.rows, C);
  }

  const float size = static_cast<float>(C);
  for_each_vector(context, s, [&](std::int64_t i, std::int64_t at) {
    const float* in = x + at;
    const float* d = dout + at;
    const float m = mean_of(mean, i), r = rstd[i];
    // dnorm: the gradient of the normalised x; norm: the normalised x itself.
    const auto dnorm = [&](std::int64_t c, auto n) {
      return simd::load(d + c, n) * simd::load(weight + c, n);
    };
    const auto norm = [&](std::int64_t c, auto n) {
      return (simd::load(in + c, n, simd::splat(m)) - m) * r;
    };
    const float dnorm_mean = mean != nullptr ? sum_of(C, dnorm) / size : 0.0f;
    const float dnorm_norm_mean =
        sum_of(C, [&](std::int64_t c, auto n) { return dnorm(c, n) * norm(c, n); }) / size;
    simd::for_lanes(C, [&](std::int64_t c, auto n) {
      simd::f32x16 g = (dnorm(c, n) - dnorm_mean - norm(c, n) * dnorm_norm_mean) * r;
      if (dresidual != nullptr) g += simd::load(dresidual + at + c, n);
      simd::store(dx + at + c, g, n);
    });
  });
}

}  // namespace clearformer
