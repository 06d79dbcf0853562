#pragma once

#include <cstdint>

#include "base/context.h"

namespace clearformer {

inline constexpr float kNormEpsilon = 1e-5f;

// What is normalised: vectors of C numbers, `groups` of them side by side at the beginning of each
// row, e.g. the heads of a row of qkv. A vector's statistics are number row * groups + group.
struct NormShape {
  std::int64_t rows, C;
  std::int64_t groups = 1;
  std::int64_t stride = C;  // from row to row
};

// LayerNorm: out = (x - mean) rstd * weight + bias, vector by vector; mean and variance over its C
// numbers, rstd = 1 / sqrt(variance + 1e-5). Ba, Kiros, Hinton, "Layer normalization" (2016).
//
// RMSNorm, where mean is null: out = x rstd * weight, rstd = 1 / sqrt(mean of x^2 + 1e-5), which is
// LayerNorm with a mean of zero. Zhang, Sennrich, "Root mean square layer normalization" (2019),
// with Llama 2's epsilon.
//
// out may be x.
void norm_forward(const Context& context,
                  float* out,           // as x
                  float* mean,          // (rows, groups), kept for backward; null: RMSNorm
                  float* rstd,          // (rows, groups), kept for backward
                  const float* x,       // (rows, stride), of which groups * C are read
                  const float* weight,  // (C)
                  const float* bias,    // (C) or null
                  const NormShape& shape);

// out again, from what was kept: cheaper than keeping it. The same bits as forward's.
void norm_recompute(const Context& context,
                    float* out,           // as x
                    const float* x,       // (rows, stride)
                    const float* weight,  // (C)
                    const float* bias,    // (C) or null
                    const float* mean,    // (rows, groups), or null: RMSNorm
                    const float* rstd,    // (rows, groups)
                    const NormShape& shape);

// The derivation is in norm.md. dresidual is the gradient that reaches x past the norm, along the
// residual stream; it is added to dx. Both dout and dresidual may be dx itself.
void norm_backward(const Context& context,
                   float* dx,               // as x
                   float* dweight,          // (C)
                   float* dbias,            // (C) or null; then groups is 1
                   const float* dout,       // as x
                   const float* dresidual,  // as x, or null
                   const float* x,          // (rows, stride)
                   const float* weight,     // (C)
                   const float* mean,       // (rows, groups), or null: RMSNorm
                   const float* rstd,       // (rows, groups)
                   const NormShape& shape);

}  // namespace clearformer
