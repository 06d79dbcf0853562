#pragma once

#include "reference/number.h"

namespace clearformer::reference {

// The tied head: logits = x wte^T, with the token embedding as its weight.
template <class Number>
void head_forward(Number* logits,     // (N, V)
                  const Number* x,    // (N, C)
                  const Number* wte,  // (V, C)
                  Index N, Index C, Index V) {
  for (Index n = 0; n < N; ++n) {
    for (Index v = 0; v < V; ++v) {
      Number sum = 0;
      for (Index c = 0; c < C; ++c) sum += x[n * C + c] * wte[v * C + c];
      logits[n * V + v] = sum;
    }
  }
}

// dx = dlogits wte, dwte = dlogits^T x
template <class Number>
void head_backward(Number* dx,             // (N, C), =
                   Number* dwte,           // (V, C), +=
                   const Number* dlogits,  // (N, V)
                   const Number* x,        // (N, C)
                   const Number* wte,      // (V, C)
                   Index N, Index C, Index V) {
  for (Index n = 0; n < N; ++n) {
    for (Index c = 0; c < C; ++c) {
      Number sum = 0;
      for (Index v = 0; v < V; ++v) sum += dlogits[n * V + v] * wte[v * C + c];
      dx[n * C + c] = sum;
    }
    for (Index v = 0; v < V; ++v) {
      for (Index c = 0; c < C; ++c) dwte[v * C + c] += dlogits[n * V + v] * x[n * C + c];
    }
  }
}

}  // namespace clearformer::reference
