#pragma once

#include <cstdint>

namespace clearformer {

// The shape of a model, in GPT-2's terms. REQUIRES: every size >= 1; n_embd % n_head == 0.
struct ModelConfig {
  int n_layer = 4;
  int n_head = 4;
  int n_embd = 128;
  int block_size = 64;   // the longest context, T
  int vocab_size = 65;   // V
  bool bias = false;     // biases in the LayerNorms and the linear layers
  float dropout = 0.0f;  // probability that an activation is dropped while training, in [0, 1)

  int head_size() const { return n_embd / n_head; }
};

}  // namespace clearformer
