#pragma once

#include <string>
#include <vector>

#include "model/config.h"
#include "reference/number.h"

namespace clearformer::reference {

// What one block computes, in order. Also holds the gradients of the same tensors.
template <class Number>
struct BlockActivations {
  std::vector<Number> ln_1_mean;     // (B, T), empty in RMSNorm
  std::vector<Number> ln_1_rstd;     // (B, T)
  std::vector<Number> ln_1;          // (B, T, C)
  std::vector<Number> qkv;           // (B, T, qkv_width)
  std::vector<Number> qk_norm_rstd;  // (B, T, NH + NKV), empty without qk_norm
  std::vector<Number> qk_norm;       // (B, T, qkv_width), empty without qk_norm
  std::vector<Number> rotary;        // (B, T, qkv_width), empty where nothing is turned
  std::vector<Number> att;           // (B, NH, T, T), before dropout
  std::vector<Number> attention;     // (B, T, C), the heads side by side
  std::vector<Number> attn_c_proj;   // (B, T, C)
  std::vector<Number> attn_dropout;  // (B, T, C)
  std::vector<Number> residual_mid;  // (B, T, C), block's input + attn_dropout
  std::vector<Number> ln_2_mean;     // (B, T)
  std::vector<Number> ln_2_rstd;     // (B, T)
  std::vector<Number> ln_2;          // (B, T, C)
  std::vector<Number> c_fc;          // (B, T, fc_width)
  std::vector<Number> hidden;        // (B, T, n_inner), after the activation
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
  Number objective = 0;                     // what is trained on: the loss, with the config's terms
};

// Changes one number of a pass as soon as it is computed: what comes after follows from it.
template <class Number>
struct Nudge {
  const std::vector<Number>* tensor = nullptr;  // of the pass's activations; null: nothing changes
  Index at = 0;
  Number by = 0;

  void operator()(std::vector<Number>& computed) const {
    if (&computed == tensor) computed[at] += by;
  }
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

// The one walk over all activations that the model has, in the order in which they are computed:
// calls visit(info, vector) for each.
template <class Number, class Visit>
void for_each_activation(const ModelConfig& config, Index B, Index T,
                         Activations<Number>& activations, Visit&& visit) {
  const Index C = config.n_embd, NH = config.n_head, V = config.vocab_size;
  const Index qkv = config.qkv_width(), inner = config.n_inner(), fc = config.fc_width();
  const auto value = [&](const std::string& name, std::vector<Number>& at,
                         std::vector<Index> shape) {
    visit(ActivationInfo{name, std::move(shape), true}, at);
  };
  const auto saved = [&](const std::string& name, std::vector<Number>& at,
                         std::vector<Index> shape) {
    visit(ActivationInfo{name, std::move(shape), false}, at);
  };
  const auto statistics = [&](const std::string& name, std::vector<Number>& mean,
                              std::vector<Number>& rstd) {
    if (config.norm == Norm::layernorm) saved(name + ".mean", mean, {B, T});
    saved(name + ".rstd", rstd, {B, T});
  };

  activations.h.resize(config.n_layer);
  value("embedding", activations.embedding, {B, T, C});
  value("embedding_dropout", activations.embedding_dropout, {B, T, C});
  for (int l = 0; l < config.n_layer; ++l) {
    const std::string prefix = "h." + std::to_string(l) + ".";
    BlockActivations<Number>& block = activations.h[l];
    statistics(prefix + "ln_1", block.ln_1_mean, block.ln_1_rstd);
    value(prefix + "ln_1", block.ln_1, {B, T, C});
    value(prefix + "attn.qkv", block.qkv, {B, T, qkv});
    if (config.qk_norm) {
      saved(prefix + "attn.qk_norm.rstd", block.qk_norm_rstd, {B, T, NH + config.kv_heads()});
      value(prefix + "attn.qk_norm", block.qk_norm, {B, T, qkv});
    }
    if (config.position == Position::rotary)
      value(prefix + "attn.rotary", block.rotary, {B, T, qkv});
    value(prefix + "attn.att", block.att, {B, NH, T, T});
    value(prefix + "attn.out", block.attention, {B, T, C});
    value(prefix + "attn.c_proj", block.attn_c_proj, {B, T, C});
    value(prefix + "attn.dropout", block.attn_dropout, {B, T, C});
    value(prefix + "residual_mid", block.residual_mid, {B, T, C});
    statistics(prefix + "ln_2", block.ln_2_mean, block.ln_2_rstd);
    value(prefix + "ln_2", block.ln_2, {B, T, C});
    value(prefix + "mlp.fc", block.c_fc, {B, T, fc});
    value(prefix + "mlp.hidden", block.hidden, {B, T, inner});
    value(prefix + "mlp.c_proj", block.mlp_c_proj, {B, T, C});
    value(prefix + "mlp.dropout", block.mlp_dropout, {B, T, C});
    value(prefix + "residual_out", block.residual_out, {B, T, C});
  }
  statistics("ln_f", activations.ln_f_mean, activations.ln_f_rstd);
  value("ln_f", activations.ln_f, {B, T, C});
  value("logits", activations.logits, {B, T, V});
  saved("probabilities", activations.probabilities, {B, T, V});
  saved("losses", activations.losses, {B, T});
}

}  // namespace clearformer::reference
