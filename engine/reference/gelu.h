#pragma once

#include <numbers>

#include "reference/number.h"

namespace clearformer::reference {

// sqrt(2 / pi)
inline constexpr double kGeluScale = std::numbers::sqrt2 * std::numbers::inv_sqrtpi;
inline constexpr double kGeluCubic = 0.044715;

// out = x/2 (1 + tanh(u)), u = sqrt(2/pi) (x + 0.044715 x^3)
// Hendrycks, Gimpel, "Gaussian Error Linear Units" (2016), the tanh form that GPT-2 uses.
template <class Number>
void gelu_forward(Number* out,      // (N)
                  const Number* x,  // (N)
                  Index N) {
  for (Index n = 0; n < N; ++n) {
    const Number u = kGeluScale * (x[n] + kGeluCubic * x[n] * x[n] * x[n]);
    out[n] = 0.5 * x[n] * (1.0 + tanh(u));
  }
}

// d out / dx = (1 + tanh(u)) / 2 + x/2 (1 - tanh(u)^2) du/dx
template <class Number>
void gelu_backward(Number* dx,          // (N), =
                   const Number* dout,  // (N)
                   const Number* x,     // (N)
                   Index N) {
  for (Index n = 0; n < N; ++n) {
    const Number u = kGeluScale * (x[n] + kGeluCubic * x[n] * x[n] * x[n]);
    const Number tanh_u = tanh(u);
    const Number du = kGeluScale * (1.0 + 3.0 * kGeluCubic * x[n] * x[n]);
    dx[n] = dout[n] * (0.5 * (1.0 + tanh_u) + 0.5 * x[n] * (1.0 - tanh_u * tanh_u) * du);
  }
}

}  // namespace clearformer::reference
