#pragma once

#include <limits>
#include <string>
#include <vector>

#include "model/transformer.h"
#include "reference/model.h"
#include "tests/engine/support/engine_check.h"

// The engine's whole model with memory of its own, for comparison with the reference.
namespace clearformer::test {

// A buffer for each activation, so that a sanitizer sees a step past its end. Filled with NaN.
class FastMemory {
 public:
  FastMemory(const ModelConfig& config, const StepShape& shape) {
    for_each_activation(config, shape, activations_, [&](const Buffer& buffer, auto*& at) {
      using Element = std::remove_reference_t<decltype(*at)>;
      buffers_.push_back(nans<float>(buffer.bytes / static_cast<std::int64_t>(sizeof(float))));
      at = reinterpret_cast<Element*>(buffers_.back().data());
    });
    scratch_size_ = op_scratch_size(config, shape);
  }
  FastMemory(const FastMemory&) = delete;

  // Everything becomes NaN again.
  void forget() {
    for (auto& buffer : buffers_)
      std::fill(buffer.begin(), buffer.end(), std::numeric_limits<float>::quiet_NaN());
  }
  // What only lives inside an op, which backward must not rely on.
  void forget_scratch() {
    for (float* scratch : {activations_.heads, activations_.heads_rstd, activations_.wide,
                           activations_.dwide, activations_.dresidual, activations_.branch,
                           activations_.logits, activations_.op_scratch})
      for (auto& buffer : buffers_)
        if (buffer.data() == scratch)
          std::fill(buffer.begin(), buffer.end(), std::numeric_limits<float>::quiet_NaN());
  }
  const Activations& activations() const { return activations_; }
  std::span<float> op_scratch() const {
    return {activations_.op_scratch, static_cast<std::size_t>(scratch_size_)};
  }

 private:
  Activations activations_{};
  std::vector<std::vector<float>> buffers_;
  std::int64_t scratch_size_;
};

// The engine's masks, as the reference takes them.
inline reference::DropoutScales replayed_scales(const ModelConfig& config, const DropoutKey& key,
                                                std::int64_t B, std::int64_t T) {
  reference::DropoutScales scales;
  if (!key.training || config.dropout == 0) return scales;
  int site =
      -1;  // the walk visits the embedding, then three sites a block, as DropoutSite has them
  const auto per_layer = static_cast<int>(DropoutSite::count);
  reference::for_each_dropout_site(
      config, B, T, scales,
      [&](const std::string&, const std::vector<reference::Index>& shape, auto& scale) {
        std::int64_t size = 1;
        for (const std::int64_t extent : shape) size *= extent;
        const Dropout dropout = site < 0
                                    ? embedding_dropout(config, key)
                                    : block_dropout(config, key, site / per_layer,
                                                    static_cast<DropoutSite>(site % per_layer));
        scale = replayed(dropout, size);
        ++site;
      });
  return scales;
}

// A model with random parameters and a batch.
struct FastModel {
  FastModel(const ModelConfig& config, std::int64_t B, std::int64_t T, std::uint64_t seed,
            double spread = 0.25)
      : config(config), B(B), T(T) {
    Random random(seed);
    for (const ParameterInfo& info : parameter_list(config)) {
      const auto values = random.normals<float>(info.size(), spread);
      for (const float value : values)
        weights.push_back(info.init == Init::one ? 1.0f + value : value);
    }
    tokens = random.tokens(B * T, config.vocab_size);
    targets = random.tokens(B * T, config.vocab_size);
    noise = random.normals<float>(weights.size());
  }

  struct Pass {
    double loss;
    std::vector<float> gradients;  // on top of what `before` held
  };
  // Forward and backward in memory that holds NaN; `loss_scale` is backward's.
  Pass run(int n_threads, Arithmetic arithmetic, const DropoutKey& key,
           const std::vector<float>& before, float loss_scale = 1.0f) {
    FastMemory memory(config, {B, T, n_threads});
    const Parameters<float> parameters = slice_parameters(config, weights.data());
    const TransformerPass pass{config, parameters, memory.activations(), B, T, key};
    const Context context{pool_of(n_threads), arithmetic, memory.op_scratch()};
    Pass result{transformer_forward(context, pass, tokens.data(), targets.data()), before};
    memory.forget_scratch();
    transformer_backward(context, pass, slice_parameters(config, result.gradients.data()),
                         tokens.data(), targets.data(), loss_scale);
    return result;
  }

  ModelConfig config;
  std::int64_t B, T;
  std::vector<float> weights, noise;
  std::vector<Token> tokens, targets;
};

}  // namespace clearformer::test
