#pragma once

#include <cstdint>

#include "base/context.h"
#include "base/token.h"

namespace clearformer {

// The derivations are in ops/cross_entropy.md.

// What the loss that is trained on has besides the cross-entropy: both zero, it has nothing.
struct LossTerms {
  float label_smoothing = 0;  // the share of the target that is spread over all tokens, in [0, 1)
  float z_loss = 0;           // what log(sum of e^logit)^2 weighs
};

// losses[row] = -log softmax(logits[row])[target]: nats. The loss that is measured: no terms.
void cross_entropy_forward(const Context& context,
                           float* losses,         // (rows)
                           const float* logits,   // (rows, V)
                           const Token* targets,  // (rows), each in [0, V)
                           std::int64_t rows, std::int64_t V);

// dlogits = dloss (softmax(logits) - onehot(target)) where there are no terms; else the gradient of
// the loss with them. dloss is the same for every row: 1 / rows for a mean.
void cross_entropy_backward(const Context& context,
                            float* dlogits,        // (rows, V); may be logits
                            const float* logits,   // (rows, V)
                            const Token* targets,  // (rows)
                            const LossTerms& terms, float dloss, std::int64_t rows, std::int64_t V);

}  // namespace clearformer
