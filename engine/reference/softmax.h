#pragma once

#include <algorithm>
#include <limits>

#include "reference/number.h"

namespace clearformer::reference {

// out = exp(x) / sum(exp(x)). The largest x is subtracted first, as a constant: the result and its
// derivative do not depend on it. Returns log(sum(exp(x))).
template <class Number>
Number softmax_forward(Number* out,      // (N)
                       const Number* x,  // (N), N >= 1; may be out
                       Index N) {
  double largest = -std::numeric_limits<double>::infinity();
  for (Index n = 0; n < N; ++n) largest = std::max(largest, real(x[n]));

  Number sum = 0;
  for (Index n = 0; n < N; ++n) {
    out[n] = exp(x[n] - largest);
    sum += out[n];
  }
  for (Index n = 0; n < N; ++n) out[n] = out[n] / sum;
  return log(sum) + largest;
}

// dx = out * (dout - sum(dout * out))
template <class Number>
void softmax_backward(Number* dx,          // (N), =
                      const Number* dout,  // (N)
                      const Number* out,   // (N)
                      Index N) {
  Number sum = 0;
  for (Index n = 0; n < N; ++n) sum += dout[n] * out[n];
  for (Index n = 0; n < N; ++n) dx[n] = out[n] * (dout[n] - sum);
}

}  // namespace clearformer::reference
