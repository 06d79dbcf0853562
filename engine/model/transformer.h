#pragma once

#include <cstdint>
#include <span>

#include "base/context.h"
#include "base/token.h"
#include "model/activations.h"
#include "model/config.h"
#include "model/dropout_sites.h"
#include "model/parameters.h"

namespace clearformer {

// Where a pass reads and writes. Views: the caller owns the memory.
struct TransformerPass {
  const ModelConfig& config;
  const Parameters<float>& parameters;
  const Activations& activations;
  std::int64_t B, T;
  DropoutKey dropout;
};

// Mean cross-entropy in nats over the B*T positions. Fills the activations that backward needs.
// tokens, targets: (B, T), each in [0, vocab_size). REQUIRES: T <= block_size.
double transformer_forward(const Context& context, const TransformerPass& pass, const Token* tokens,
                           const Token* targets);

// Adds to `gradients` those of loss * loss_scale, after transformer_forward with the same
// arguments. The loss is here the one that is trained on, with the config's terms.
void transformer_backward(const Context& context, const TransformerPass& pass,
                          const Parameters<float>& gradients, const Token* tokens,
                          const Token* targets, float loss_scale);

}  // namespace clearformer
