#pragma once

#include "reference/number.h"

namespace clearformer::reference {

// A row of x holds H gates g, then the H numbers u that they let through:
// out = silu(g) * u, silu(g) = g / (1 + exp(-g)). Shazeer, "GLU Variants Improve Transformer"
// (2020).
template <class Number>
void swiglu_forward(Number* out,      // (N, H)
                    const Number* x,  // (N, 2*H)
                    Index N, Index H) {
  for (Index n = 0; n < N; ++n) {
    const Number *gate = x + n * 2 * H, *up = gate + H;
    for (Index h = 0; h < H; ++h) out[n * H + h] = gate[h] / (1.0 + exp(-gate[h])) * up[h];
  }
}

// d silu / dg = s + g s (1 - s), s = 1 / (1 + exp(-g))
template <class Number>
void swiglu_backward(Number* dx,          // (N, 2*H), =
                     const Number* dout,  // (N, H)
                     const Number* x,     // (N, 2*H)
                     Index N, Index H) {
  for (Index n = 0; n < N; ++n) {
    const Number *gate = x + n * 2 * H, *up = gate + H;
    Number *dgate = dx + n * 2 * H, *dup = dgate + H;
    for (Index h = 0; h < H; ++h) {
      const Number s = 1.0 / (1.0 + exp(-gate[h]));
      dgate[h] = dout[n * H + h] * up[h] * (s + gate[h] * s * (1.0 - s));
      dup[h] = dout[n * H + h] * gate[h] * s;
    }
  }
}

}  // namespace clearformer::reference
