#pragma once

#include "base/token.h"
#include "reference/number.h"

namespace clearformer::reference {

// out[b,t] = wte[tokens[b,t]] + wpe[t], or without wpe
template <class Number>
void embedding_forward(Number* out,          // (B, T, C)
                       const Token* tokens,  // (B, T), each in [0, V)
                       const Number* wte,    // (V, C)
                       const Number* wpe,    // (at least T, C), or null
                       Index B, Index T, Index C) {
  for (Index b = 0; b < B; ++b) {
    for (Index t = 0; t < T; ++t) {
      const Index token = tokens[b * T + t];
      for (Index c = 0; c < C; ++c) {
        out[(b * T + t) * C + c] = wte[token * C + c];
        if (wpe) out[(b * T + t) * C + c] += wpe[t * C + c];
      }
    }
  }
}

template <class Number>
void embedding_backward(Number* dwte,         // (V, C), +=
                        Number* dwpe,         // (at least T, C), +=, or null
                        const Number* dout,   // (B, T, C)
                        const Token* tokens,  // (B, T)
                        Index B, Index T, Index C) {
  for (Index b = 0; b < B; ++b) {
    for (Index t = 0; t < T; ++t) {
      const Index token = tokens[b * T + t];
      for (Index c = 0; c < C; ++c) {
        dwte[token * C + c] += dout[(b * T + t) * C + c];
        if (dwpe) dwpe[t * C + c] += dout[(b * T + t) * C + c];
      }
    }
  }
}

}  // namespace clearformer::reference
