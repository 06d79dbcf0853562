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

// What the loss that is trained on has besides: see ops/cross_entropy.md.
struct LossTerms {
  double label_smoothing = 0;
  double z_loss = 0;
};

// What a position's distribution should be at a token: all at its target, but for what smoothing
// spreads.
template <class Number>
Number smoothed_target(const LossTerms& terms, bool is_target, Index V) {
  const Number spread = Number(terms.label_smoothing) / static_cast<double>(V);
  return is_target ? 1.0 - Number(terms.label_smoothing) + spread : spread;
}

// The mean of the loss that is trained on, after cross_entropy_forward:
// -sum of target log softmax(logits[n]), + z_loss log(sum of e^logits[n])^2.
template <class Number>
Number objective_forward(const Number* losses,  // (N)
                         const Number* logits,  // (N, V)
                         const Token* targets,  // (N)
                         const LossTerms& terms, Index N, Index V) {
  Number sum = 0;
  for (Index n = 0; n < N; ++n) {
    const Number* logits_n = logits + n * V;
    const Number log_sum = losses[n] + logits_n[targets[n]];
    for (Index v = 0; v < V; ++v)
      sum += smoothed_target<Number>(terms, v == targets[n], V) * (log_sum - logits_n[v]);
    sum += terms.z_loss * log_sum * log_sum;
  }
  return sum / static_cast<double>(N);
}

// dlogits = (probabilities (1 + 2 z_loss log_sum) - target) * dloss / N, dloss being the gradient
// of the objective.
template <class Number>
void cross_entropy_backward(Number* dlogits,              // (N, V), =
                            const Number* probabilities,  // (N, V)
                            const Number* losses,         // (N)
                            const Number* logits,         // (N, V)
                            const Token* targets,         // (N)
                            const LossTerms& terms, double dloss, Index N, Index V) {
  for (Index n = 0; n < N; ++n) {
    const Number log_sum = losses[n] + logits[n * V + targets[n]];
    for (Index v = 0; v < V; ++v) {
      const Number p = probabilities[n * V + v];
      const Number push = p + 2.0 * terms.z_loss * log_sum * p;
      dlogits[n * V + v] = (push - smoothed_target<Number>(terms, v == targets[n], V)) *
                           (dloss / static_cast<double>(N));
    }
  }
}

}  // namespace clearformer::reference
