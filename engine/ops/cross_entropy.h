#pragma once

#include <cstdint>

#include "base/context.h"
#include "base/token.h"

namespace clearformer {

// losses[row] = -log softmax(logits[row])[target]: nats.
void cross_entropy_forward(const Context& context,
                           float* losses,         // (rows)
                           const float* logits,   // (rows, V)
                           const Token* targets,  // (rows), each in [0, V)
                           std::int64_t rows, std::int64_t V);

// dlogits = dloss (softmax(logits) - onehot(target)). dloss is the same for every row: 1 / rows for
// a mean.
void cross_entropy_backward(const Context& context,
                            float* dlogits,        // (rows, V); may be logits
                            const float* logits,   // (rows, V)
                            const Token* targets,  // (rows)
                            float dloss, std::int64_t rows, std::int64_t V);

}  // namespace clearformer
