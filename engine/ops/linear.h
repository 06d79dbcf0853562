#pragma once

#include <cstdint>

#include "base/context.h"

namespace clearformer {

// y = x W + b, for every row. Weights lie (C_in, C_out), as in GPT-2's Conv1D.
//
// bias may be null. residual may be null; where it is given it is added last, so that a projection
// back into the residual stream needs no pass of its own. It is not `out`.
void linear_forward(const Context& context,
                    float* out,             // (rows, C_out)
                    const float* x,         // (rows, C_in)
                    const float* weight,    // (C_in, C_out)
                    const float* bias,      // (C_out) or null
                    const float* residual,  // (rows, C_out) or null
                    std::int64_t rows, std::int64_t C_in, std::int64_t C_out);

// dx = dout W^T.
void linear_backward_input(const Context& context,
                           float* dx,            // (rows, C_in)
                           const float* dout,    // (rows, C_out)
                           const float* weight,  // (C_in, C_out)
                           std::int64_t rows, std::int64_t C_in, std::int64_t C_out);

// dweight += x^T dout;  dbias += the sum of dout over the rows.
void linear_backward_weight(const Context& context,
                            float* dweight,     // (C_in, C_out)
                            float* dbias,       // (C_out) or null
                            const float* dout,  // (rows, C_out)
                            const float* x,     // (rows, C_in)
                            std::int64_t rows, std::int64_t C_in, std::int64_t C_out);

// Both.
void linear_backward(const Context& context,
                     float* dx,            // (rows, C_in)
                     float* dweight,       // (C_in, C_out)
                     float* dbias,         // (C_out) or null
                     const float* dout,    // (rows, C_out)
                     const float* x,       // (rows, C_in)
                     const float* weight,  // (C_in, C_out)
                     std::int64_t rows, std::int64_t C_in, std::int64_t C_out);

// Floats of context.scratch that either needs.
std::int64_t linear_scratch(std::int64_t rows, std::int64_t C_in, std::int64_t C_out);

}  // namespace clearformer
