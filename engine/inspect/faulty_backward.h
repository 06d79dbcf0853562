#pragma once

#include "model/transformer.h"

namespace clearformer {

// Mistakes that people make in a backward pass, for a gradient check to catch.
enum class Fault {
  none,
  // Of softmax's Jacobian p (1[s = r] - p) the second term is dropped: du = p dp.
  softmax_term,
  // The gradient of a residual stream goes through a block's branches and no longer past them.
  residual,
};

// transformer_backward with a mistake; without one the same, to the bit. It stands here and not
// there, so that no training can reach it. REQUIRES: nothing is dropped.
void faulty_backward(const Context& context, const TransformerPass& pass,
                     const Parameters<float>& gradients, const Token* tokens, const Token* targets,
                     float loss_scale, Fault fault);

}  // namespace clearformer
