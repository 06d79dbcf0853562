#pragma once

#include "reference/number.h"

namespace clearformer::reference {

inline constexpr double kLayerNormEpsilon = 1e-5;

// out = (x - mean) * rstd * weight + bias over each row of C numbers, with
// mean = sum(x) / C and rstd = 1 / sqrt(sum((x - mean)^2) / C + epsilon).
// Ba, Kiros, Hinton, "Layer Normalization" (2016).
template <class Number>
void layernorm_forward(Number* out,           // (N, C)
                       Number* mean,          // (N)
                       Number* rstd,          // (N)
                       const Number* x,       // (N, C)
                       const Number* weight,  // (C)
                       const Number* bias,    // (C), or null: no bias
                       Index N, Index C) {
  for (Index n = 0; n < N; ++n) {
    const Number* x_n = x + n * C;

    Number sum = 0;
    for (Index c = 0; c < C; ++c) sum += x_n[c];
    mean[n] = sum / static_cast<double>(C);

    Number squares = 0;
    for (Index c = 0; c < C; ++c) squares += (x_n[c] - mean[n]) * (x_n[c] - mean[n]);
    rstd[n] = 1.0 / sqrt(squares / static_cast<double>(C) + kLayerNormEpsilon);

    for (Index c = 0; c < C; ++c) {
      out[n * C + c] = (x_n[c] - mean[n]) * rstd[n] * weight[c];
      if (bias) out[n * C + c] += bias[c];
    }
  }
}

// With xhat = (x - mean) * rstd and g = dout * weight:
// dx = rstd * (g - average(g) - xhat * average(g * xhat)), averages over the row.
template <class Number>
void layernorm_backward(Number* dx,            // (N, C), =
                        Number* dweight,       // (C), +=
                        Number* dbias,         // (C), +=; null where there is no bias
                        const Number* dout,    // (N, C)
                        const Number* x,       // (N, C)
                        const Number* weight,  // (C)
                        const Number* mean,    // (N)
                        const Number* rstd,    // (N)
                        Index N, Index C) {
  for (Index n = 0; n < N; ++n) {
    const Number* x_n = x + n * C;
    const Number* dout_n = dout + n * C;

    Number average_g = 0;
    Number average_g_xhat = 0;
    for (Index c = 0; c < C; ++c) {
      const Number xhat = (x_n[c] - mean[n]) * rstd[n];
      const Number g = dout_n[c] * weight[c];
      average_g += g / static_cast<double>(C);
      average_g_xhat += g * xhat / static_cast<double>(C);
    }

    for (Index c = 0; c < C; ++c) {
      const Number xhat = (x_n[c] - mean[n]) * rstd[n];
      const Number g = dout_n[c] * weight[c];
      dx[n * C + c] = rstd[n] * (g - average_g - xhat * average_g_xhat);
      dweight[c] += dout_n[c] * xhat;
      if (dbias) dbias[c] += dout_n[c];
    }
  }
}

}  // namespace clearformer::reference
