#pragma once

#include "reference/number.h"

namespace clearformer::reference {

// out = x weight + bias
template <class Number>
void linear_forward(Number* out,           // (N, C_out)
                    const Number* x,       // (N, C_in)
                    const Number* weight,  // (C_in, C_out)
                    const Number* bias,    // (C_out), or null: no bias
                    Index N, Index C_in, Index C_out) {
  for (Index n = 0; n < N; ++n) {
    for (Index o = 0; o < C_out; ++o) {
      Number sum = bias ? bias[o] : Number(0);
      for (Index i = 0; i < C_in; ++i) sum += x[n * C_in + i] * weight[i * C_out + o];
      out[n * C_out + o] = sum;
    }
  }
}

// dx = dout weight^T, dweight = x^T dout, dbias = the sum of dout's rows
template <class Number>
void linear_backward(Number* dx,            // (N, C_in), =
                     Number* dweight,       // (C_in, C_out), +=
                     Number* dbias,         // (C_out), +=; null where there is no bias
                     const Number* dout,    // (N, C_out)
                     const Number* x,       // (N, C_in)
                     const Number* weight,  // (C_in, C_out)
                     Index N, Index C_in, Index C_out) {
  for (Index n = 0; n < N; ++n) {
    for (Index i = 0; i < C_in; ++i) {
      Number sum = 0;
      for (Index o = 0; o < C_out; ++o) sum += dout[n * C_out + o] * weight[i * C_out + o];
      dx[n * C_in + i] = sum;
    }
  }
  for (Index n = 0; n < N; ++n) {
    for (Index o = 0; o < C_out; ++o) {
      for (Index i = 0; i < C_in; ++i) {
        dweight[i * C_out + o] += x[n * C_in + i] * dout[n * C_out + o];
      }
      if (dbias) dbias[o] += dout[n * C_out + o];
    }
  }
}

}  // namespace clearformer::reference
