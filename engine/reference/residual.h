#pragma once

#include "reference/number.h"

namespace clearformer::reference {

// out = a + b
template <class Number>
void residual_forward(Number* out,      // (N)
                      const Number* a,  // (N)
                      const Number* b,  // (N)
                      Index N) {
  for (Index n = 0; n < N; ++n) out[n] = a[n] + b[n];
}

template <class Number>
void residual_backward(Number* da,          // (N), =
                       Number* db,          // (N), =
                       const Number* dout,  // (N)
                       Index N) {
  for (Index n = 0; n < N; ++n) {
    da[n] = dout[n];
    db[n] = dout[n];
  }
}

}  // namespace clearformer::reference
