#pragma once

#include "reference/number.h"

namespace clearformer::reference {

// The head: logits = x weight^T. Where it is tied its weight is the token embedding, wte.
template <class Number>
void head_forward(Number* logits,        // (N, V)
                  const Number* x,       // (N, C)
                  const Number* weight,  // (V, C)
                  Index N, Index C, Index V) {
  for (Index n = 0; n < N; ++n) {
    for (Index v = 0; v < V; ++v) {
      Number sum = 0;
      for (Index c = 0; c < C; ++c) sum += x[n * C + c] * weight[v * C + c];
      logits[n * V + v] = sum;
    }
  }
}

// dx = dlogits weight, dweight = dlogits^T x
template <class Number>
void head_backward(Number* dx,             // (N, C), =
                   Number* dweight,        // (V, C), +=
                   const Number* dlogits,  // (N, V)
                   const Number* x,        // (N, C)
                   const Number* weight,   // (V, C)
                   Index N, Index C, Index V) {
  for (Index n = 0; n < N; ++n) {
    for (Index c = 0; c < C; ++c) {
      Number sum = 0;
      for (Index v = 0; v < V; ++v) sum += dlogits[n * V + v] * weight[v * C + c];
      dx[n * C + c] = sum;
    }
    for (Index v = 0; v < V; ++v) {
      for (Index c = 0; c < C; ++c) dweight[v * C + c] += dlogits[n * V + v] * x[n * C + c];
    }
  }
}

}  // namespace clearformer::reference
