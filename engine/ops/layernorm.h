#pragma once

#include <cstdint>

#include "base/context.h"

namespace clearformer {

inline constexpr float kLayerNormEpsilon = 1e-5f;

// out = (x - mean) rstd * weight + bias, row by row; mean and variance over the C numbers of a row,
// rstd = 1 / sqrt(variance + 1e-5). Ba, Kiros, Hinton, "Layer normalization" (2016).
void layernorm_forward(const Context& context,
                       float* out,           // (rows, C)
                       float* mean,          // (rows), kept for backward
                       float* rstd,          // (rows), kept for backward
                       const float* x,       // (rows, C)
                       const float* weight,  // (C)
                       const float* bias,    // (C) or null
                       std::int64_t rows, std::int64_t C);

// out again, from what was kept: cheaper than keeping it. The same bits as forward's.
void layernorm_recompute(const Context& context,
                         float* out,           // (rows, C)
                         const float* x,       // (rows, C)
                         const float* weight,  // (C)
                         const float* bias,    // (C) or null
                         const float* mean,    // (rows)
                         const float* rstd,    // (rows)
                         std::int64_t rows, std::int64_t C);

// The derivation is in layernorm.md. dresidual is the gradient that reaches x past the LayerNorm,
// along the residual stream; it is added to dx, and may be dx itself. dx is not dout.
void layernorm_backward(const Context& context,
                        float* dx,               // (rows, C)
                        float* dweight,          // (C)
                        float* dbias,            // (C) or null
                        const float* dout,       // (rows, C)
                        const float* dresidual,  // (rows, C) or null
                        const float* x,          // (rows, C)
                        const float* weight,     // (C)
                        const float* mean,       // (rows)
                        const float* rstd,       // (rows)
                        std::int64_t rows, std::int64_t C);

}  // namespace clearformer
