#pragma once

#include <string>
#include <vector>

#include "model/config.h"
#include "reference/number.h"

namespace clearformer::reference {

// What one block computes, in order. Also holds the gradients of the same tensors.
template <class Number>
struct BlockActivations {
  std::vector<Number> ln_1_mean;     // (B, T)
  std::vector<Number> ln_1_rstd;     // (B, T)
  std::vector<Number> ln_1;          // (B, T, C)
  std::vector<Number> qkv;           // (B, T, 3*C)
  std::vector<Number> att;           // (B, NH, T, T), before dropout
  std::vector<Number> attention;     // (B, T, C), the heads side by side
  std::vector<Number> attn_c_proj;   // (B, T, C)
  std::vector<Number> attn_dropout;  // (B, T, C)
  std::vector<Number> residual_mid;  // (B, T, C), block's input + attn_dropout
  std::vector<Number> ln_2_mean;     // (B, T)
  std::vector<Number> ln_2_rstd;     // (B, T)
  std::vector<Number> ln_2;          // (B, T, C)
  std::vector<Number> c_fc;          // (B, T, 4*C)
  std::vector<Number> gelu;          // (B, T, 4*C)
  std::vector<Number> mlp_c_proj;    // (B, T, C)
  std::vector<Number> mlp_dropout;   // (B, T, C)
  std::vector<Number> residual_out;  // (B, T, C), residual_mid + mlp_dropout
};

// Every activation of a forward pass by name.
template <class Number>
struct Activations {
  std::vector<Number> embedding;            // (B, T, C)
  std::vector<Number> embedding_dropout;    // (B, T, C), input of the first block
  std::vector<BlockActivations<Number>> h;  // (n_layer)
  std::vector<Number> ln_f_mean;            // (B, T)
  std::vector<Number> ln_f_rstd;            // (B, T)
  std::vector<Number> ln_f;                 // (B, T, C)
  std::vector<Number> logits;               // (B, T, V)
  std::vector<Number> probabilities;        // (B, T, V)
  std::vector<Number> losses;               // (B, T)
  Number loss = 0;                          // mean of losses
};

// An activation as the walk declares it.
struct ActivationInfo {
  std::string name;  // e.g. "h.0.attn.qkv"; where model/activations.h keeps it too, the same
  std::vector<Index> shape;  // row-major
  bool has_gradient;         // false: saved by an op for its own backward pass

  Index size() const {
    Index product = 1;
    for (const Index extent : shape) product *= extent;
    return product;
  }
};

// The one walk over all activations, in the order in which they are computed: calls
// visit(info, vector) for each.
template <class Number, class Visit>
void for_each_activation(const ModelConfig& config, Index B, Index T,
                         Activations<Number>& activations, Visit&& visit) {
  const Index C = config.n_embd, NH = config.n_head, V = config.vocab_size;
  const auto value = [&](const std::string& name, std::vector<Number>& at,
                         std::vector<Index> shape) {
    visit(ActivationInfo{name, std::move(shape), true}, at);
  };
  const auto saved = [&](const std::string& name, std::vector<Number>& at,
                         std::vector<Index> shape) {
    visit(ActivationInfo{name, std::move(shape), false}, at);
  };

  activations.h.resize(config.n_layer);
  value("embedding", activations.embedding, {B, T, C});
  value("embedding_dropout", activations.embedding_dropout, {B, T, C});
  for (int l = 0; l < config.n_layer; ++l) {
    const std::string prefix = "h." + std::to_string(l) + ".";
    BlockActivations<Number>& block = activations.h[l];
    saved(prefix + "ln_1.mean", block.ln_1_mean, {B, T});
    saved(prefix + "ln_1.rstd", block.ln_1_rstd, {B, T});
    value(prefix + "ln_1", block.ln_1, {B, T, C});
    value(prefix + "attn.qkv", block.qkv, {B, T, 3 * C});
    value(prefix + "attn.att", block.att, {B, NH, T, T});
    value(prefix + "attn.out", block.attention, {B, T, C});
    value(prefix + "attn.c_proj", block.attn_c_proj, {B, T, C});
    value(prefix + "attn.dropout", block.attn_dropout, {B, T, C});
    value(prefix + "residual_mid", block.residual_mid, {B, T, C});
    saved(prefix + "ln_2.mean", block.ln_2_mean, {B, T});
    saved(prefix + "ln_2.rstd", block.ln_2_rstd, {B, T});
    value(prefix + "ln_2", block.ln_2, {B, T, C});
    value(prefix + "mlp.fc", block.c_fc, {B, T, 4 * C});
    value(prefix + "mlp.gelu", block.gelu, {B, T, 4 * C});
    value(prefix + "mlp.c_proj", block.mlp_c_proj, {B, T, C});
    value(prefix + "mlp.dropout", block.mlp_dropout, {B, T, C});
    value(prefix + "residual_out", block.residual_out, {B, T, C});
  }
  saved("ln_f.mean", activations.ln_f_mean, {B, T});
  saved("ln_f.rstd", activations.ln_f_rstd, {B, T});
  value("ln_f", activations.ln_f, {B, T, C});
  value("logits", activations.logits, {B, T, V});
  saved("probabilities", activations.probabilities, {B, T, V});
  saved("losses", activations.losses, {B, T});
}

}  // namespace clearformer::reference
