#pragma once

#include <cstdint>

#include "ops/activation.h"

namespace clearformer {

// How a vector is brought to one scale: see ops/norm.h.
enum class Norm { layernorm, rmsnorm };

// How the model knows where a token stands.
enum class Position {
  learned,  // a vector for each position, added to the embedding: GPT-2's
  rotary,   // queries and keys are turned: see ops/rotary.h
  none,     // by what a causal model can tell without. Kazemnejad et al. (2023)
};

// The shape of a model, in GPT-2's terms. REQUIRES: every size >= 1; n_embd % n_head == 0;
// n_kv_head divides n_head; an even head size where positions are rotary.
struct ModelConfig {
  int n_layer = 4;
  int n_head = 4;
  int n_embd = 128;
  int block_size = 64;   // the longest context, T
  int vocab_size = 65;   // V
  bool bias = false;     // biases in the linear layers, and in LayerNorm
  float dropout = 0.0f;  // probability that an activation is dropped while training, in [0, 1)
  Norm norm = Norm::layernorm;
  Activation activation = Activation::gelu;
  Position position = Position::learned;
  int n_kv_head = 0;      // heads of keys and values; 0: as many as n_head
  bool qk_norm = false;   // RMSNorm of each head's queries and keys, with a weight of its size
  bool tied_head = true;  // the head's weight is the token embedding's
  // Of the loss that is trained on: see ops/cross_entropy.md.
  float label_smoothing = 0.0f;
  float z_loss = 0.0f;

  int head_size() const { return n_embd / n_head; }
  int kv_heads() const { return n_kv_head == 0 ? n_head : n_kv_head; }
  // Columns of c_attn: queries, keys and values of all heads.
  int qkv_width() const { return n_embd + 2 * kv_heads() * head_size(); }

  // The width of a block's hidden layer: four times n_embd. Gated there are three matrices in place
  // of two, so 8/3, as Llama has it, keeps their parameters as many; in whole lanes of 16.
  int n_inner() const {
    if (!is_gated(activation)) return 4 * n_embd;
    constexpr int kMultiple = 16;
    return (8 * n_embd + 3 * kMultiple - 1) / (3 * kMultiple) * kMultiple;
  }
  // Columns of c_fc: the gates are in it.
  int fc_width() const { return is_gated(activation) ? 2 * n_inner() : n_inner(); }
};

}  // namespace clearformer
