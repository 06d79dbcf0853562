#pragma once

#include "reference/number.h"

namespace clearformer::reference {

inline constexpr double kRMSNormEpsilon = 1e-5;

// out = x * rstd * weight over each row of C numbers, with rstd = 1 / sqrt(sum(x^2) / C + epsilon).
// Zhang, Sennrich, "Root Mean Square Layer Normalization" (2019).
template <class Number>
void rmsnorm_forward(Number* out,           // (N, C)
                     Number* rstd,          // (N)
                     const Number* x,       // (N, C)
                     const Number* weight,  // (C)
                     Index N, Index C) {
  for (Index n = 0; n < N; ++n) {
    Number squares = 0;
    for (Index c = 0; c < C; ++c) squares += x[n * C + c] * x[n * C + c];
    rstd[n] = 1.0 / sqrt(squares / static_cast<double>(C) + kRMSNormEpsilon);
    for (Index c = 0; c < C; ++c) out[n * C + c] = x[n * C + c] * rstd[n] * weight[c];
  }
}

// With xhat = x * rstd and g = dout * weight:
// dx = rstd * (g - xhat * average(g * xhat)), the average over the row.
template <class Number>
void rmsnorm_backward(Number* dx,            // (N, C), =
                      Number* dweight,       // (C), +=
                      const Number* dout,    // (N, C)
                      const Number* x,       // (N, C)
                      const Number* weight,  // (C)
                      const Number* rstd,    // (N)
                      Index N, Index C) {
  for (Index n = 0; n < N; ++n) {
    const Number* x_n = x + n * C;
    const Number* dout_n = dout + n * C;
    Number average = 0;
    for (Index c = 0; c < C; ++c) {
      average += dout_n[c] * weight[c] * x_n[c] * rstd[n] / static_cast<double>(C);
    }
    for (Index c = 0; c < C; ++c) {
      const Number xhat = x_n[c] * rstd[n];
      dweight[c] += dout_n[c] * xhat;
      dx[n * C + c] = rstd[n] * (dout_n[c] * weight[c] - xhat * average);
    }
  }
}

}  // namespace clearformer::reference
