#pragma once

#include "base/check.h"
#include "base/token.h"
#include "model/config.h"
#include "model/parameters.h"
#include "reference/activations.h"
#include "reference/block.h"
#include "reference/cross_entropy.h"
#include "reference/dropout.h"
#include "reference/embedding.h"
#include "reference/head.h"

namespace clearformer::reference {

// What a model reads. REQUIRES: B >= 1, 1 <= T <= block_size, every token and target in
// [0, vocab_size).
struct Batch {
  const Token* tokens;   // (B, T)
  const Token* targets;  // (B, T), or null: logits only, no loss
  Index B, T;
};

inline LossTerms loss_terms(const ModelConfig& config) {
  return {config.label_smoothing, config.z_loss};
}

// GPT-2 as in nanoGPT's model.py, or what the config makes of it, e.g. Llama. Sizes and overwrites
// every activation; where there are no targets, probabilities, losses, loss and objective are 0.
template <class Number>
void forward(Activations<Number>& a, const ModelConfig& config,
             const Number* parameters,  // (parameter_count(config)), in the walk's order
             const Batch& batch, const DropoutScales& scales = {},  // empty: no dropout
             const Nudge<Number>& nudge = {}) {
  const Index B = batch.B, T = batch.T, N = B * T;
  const Index C = config.n_embd, V = config.vocab_size;
  CHECK(B >= 1 && T >= 1 && T <= config.block_size);
  const Parameters<const Number> p = slice_parameters(config, parameters);
  for_each_activation(config, B, T, a,
                      [](const ActivationInfo& info, std::vector<Number>& activation) {
                        activation.assign(info.size(), 0);
                      });

  embedding_forward(a.embedding.data(), batch.tokens, p.wte, p.wpe, B, T, C);
  nudge(a.embedding);
  dropout_forward(a.embedding_dropout.data(), a.embedding.data(), scales_or_null(scales.embedding),
                  N * C);
  nudge(a.embedding_dropout);
  const Number* x = a.embedding_dropout.data();
  for (int l = 0; l < config.n_layer; ++l) {
    block_forward(a.h[l], x, p.h[l], block_scales(scales, l), config, B, T, nudge);
    x = a.h[l].residual_out.data();
  }
  norm_forward(a.ln_f.data(), a.ln_f_mean.data(), a.ln_f_rstd.data(), x, p.ln_f_weight, p.ln_f_bias,
               config, N);
  nudge(a.ln_f);
  head_forward(a.logits.data(), a.ln_f.data(), p.lm_head, N, C, V);
  nudge(a.logits);
  a.loss = a.objective = 0;
  if (batch.targets) {
    a.loss = cross_entropy_forward(a.losses.data(), a.probabilities.data(), a.logits.data(),
                                   batch.targets, N, V);
    a.objective = objective_forward(a.losses.data(), a.logits.data(), batch.targets,
                                    loss_terms(config), N, V);
  }
}

// Adds dloss * d objective / d parameter to every gradient and overwrites the gradient of each
// activation that has one. `a`, `batch` and `scales` are those of the forward pass, which had
// targets.
template <class Number>
void backward(Number* gradients,        // (parameter_count(config)), +=
              Activations<Number>& da,  // =
              const ModelConfig& config,
              const Number* parameters,  // (parameter_count(config))
              const Batch& batch, const Activations<Number>& a, const DropoutScales& scales = {},
              double dloss = 1.0) {
  const Index B = batch.B, T = batch.T, N = B * T;
  const Index C = config.n_embd, V = config.vocab_size;
  CHECK(batch.targets);
  const Parameters<const Number> p = slice_parameters(config, parameters);
  const Parameters<Number> dp = slice_parameters(config, gradients);
  for_each_activation(config, B, T, da,
                      [](const ActivationInfo& info, std::vector<Number>& gradient) {
                        gradient.resize(info.has_gradient ? info.size() : 0);
                      });
  // Input l of the stream of blocks: the embedding, then each block's output.
  const auto stream = [](auto& activations, int l) -> auto& {
    return l == 0 ? activations.embedding_dropout : activations.h[l - 1].residual_out;
  };

  cross_entropy_backward(da.logits.data(), a.probabilities.data(), a.losses.data(), a.logits.data(),
                         batch.targets, loss_terms(config), dloss, N, V);
  head_backward(da.ln_f.data(), dp.lm_head, da.logits.data(), a.ln_f.data(), p.lm_head, N, C, V);
  norm_backward(stream(da, config.n_layer).data(), dp.ln_f_weight, dp.ln_f_bias, da.ln_f.data(),
                stream(a, config.n_layer).data(), p.ln_f_weight, a.ln_f_mean.data(),
                a.ln_f_rstd.data(), config, N);
  for (int l = config.n_layer - 1; l >= 0; --l) {
    block_backward(stream(da, l).data(), dp.h[l], da.h[l], stream(a, l).data(), p.h[l], a.h[l],
                   block_scales(scales, l), config, B, T);
  }
  dropout_backward(da.embedding.data(), da.embedding_dropout.data(),
                   scales_or_null(scales.embedding), N * C);
  embedding_backward(dp.wte, dp.wpe, da.embedding.data(), batch.tokens, B, T, C);
}

}  // namespace clearformer::reference
