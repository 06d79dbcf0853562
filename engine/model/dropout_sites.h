#pragma once

#include <cstdint>

#include "model/config.h"
#include "ops/dropout.h"

namespace clearformer {

// What decides the dropout of one pass. Evaluation drops nothing.
struct DropoutKey {
  bool training = false;
  std::uint64_t seed = 0;
  std::uint32_t pass = 0;  // counts forward passes over a run
};

// Where a block drops activations: nanoGPT's places. The embedding is another.
enum class DropoutSite : std::uint32_t { attention, attention_projection, mlp_projection, count };

namespace dropout_detail {
inline Dropout at(const ModelConfig& config, const DropoutKey& key, std::uint32_t site) {
  return {key.training ? config.dropout : 0.0f, Rng(key.seed, Stream::kDropout, key.pass, site)};
}
}  // namespace dropout_detail

// Each place has a stream of its own.
inline Dropout embedding_dropout(const ModelConfig& config, const DropoutKey& key) {
  return dropout_detail::at(config, key, 0);
}
inline Dropout block_dropout(const ModelConfig& config, const DropoutKey& key, int layer,
                             DropoutSite site) {
  const auto per_layer = static_cast<std::uint32_t>(DropoutSite::count);
  return dropout_detail::at(config, key, 1 + layer * per_layer + static_cast<std::uint32_t>(site));
}

}  // namespace clearformer
