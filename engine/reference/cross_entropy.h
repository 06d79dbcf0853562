#pragma once

#include "base/token.h"
#include "reference/number.h"
#include "reference/softmax.h"

namespace clearformer::reference {

// losses[n] = -log softmax(logits[n])[targets[n]], in nats. Returns their mean.
template <class Number>
Number cross_entropy_forward(Number* losses,         // (N)
                             Number* probabilities,  // (N, V)
                             const Number* logits,   // (N, V)
                             const Token* targets,   // (N), each in [0, V)
                             Index N, Index V) {
  Number sum = 0;
  for (Index n = 0; n < N; ++n) {
    const Number* logits_n = logits + n * V;
    const Number log_sum = softmax_forward(probabilities + n * V, logits_n, V);
    losses[n] = log_sum - logits_n[targets[n]];
    sum += losses[n];
  }
  return sum / static_cast<double>(N);
}

// dlogits = (probabilities - 1[v = target]) * dloss / N, dloss being the mean loss's gradient.
template <class Number>
void cross_entropy_backward(Number* dlogits,              // (N, V), =
                            const Number* probabilities,  // (N, V)
                            const Token* targets,         // (N)
                            double dloss, Index N, Index V) {
  for (Index n = 0; n < N; ++n) {
    for (Index v = 0; v < V; ++v) {
      const double indicator = v == targets[n] ? 1.0 : 0.0;
      dlogits[n * V + v] =
          (probabilities[n * V + v] - indicator) * (dloss / static_cast<double>(N));
    }
  }
}

}  // namespace clearformer::reference
