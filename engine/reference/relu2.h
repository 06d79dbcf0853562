#pragma once

#include "reference/number.h"

namespace clearformer::reference {

// out = max(x, 0)^2. So et al., "Primer: Searching for Efficient Transformers" (2021).
template <class Number>
void relu2_forward(Number* out,      // (N)
                   const Number* x,  // (N)
                   Index N) {
  for (Index n = 0; n < N; ++n) out[n] = real(x[n]) > 0.0 ? x[n] * x[n] : Number(0);
}

template <class Number>
void relu2_backward(Number* dx,          // (N), =
                    const Number* dout,  // (N)
                    const Number* x,     // (N)
                    Index N) {
  for (Index n = 0; n < N; ++n) dx[n] = real(x[n]) > 0.0 ? dout[n] * 2.0 * x[n] : Number(0);
}

}  // namespace clearformer::reference
