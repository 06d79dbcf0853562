#pragma once

#include "model/parameters.h"

namespace clearformer {

// A part of a block that can be switched off: what it adds to the residual stream becomes zero.
struct Part {
  static constexpr int kMlp = -1;

  int layer;
  int head;  // or kMlp: the whole MLP
};

// Heads of a layer, and its MLP.
inline int parts_of_layer(const ModelConfig& config) {
  return config.n_head + 1;
}

// Switches a part off. A head's output meets its own rows of c_proj and nothing else, so with those
// rows zero it adds nothing; an MLP adds its c_proj and that one's bias. The engine runs as ever.
void switch_off(const ModelConfig& config, const Part& part, const Parameters<float>& parameters);

// Switches it on again: its weights are those of `original`.
void switch_on(const ModelConfig& config, const Part& part, const Parameters<float>& parameters,
               const Parameters<float>& original);

}  // namespace clearformer
