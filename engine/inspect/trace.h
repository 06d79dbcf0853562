#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/arena.h"
#include "base/context.h"
#include "base/result.h"
#include "base/token.h"
#include "model/activations.h"
#include "model/transformer.h"
#include "ops/attention.h"

namespace clearformer {

// One forward pass over one passage by the engine itself, and what it left behind. Nothing is
// dropped.
class Trace {
 public:
  // For passages of up to `most` tokens. Error "memory". REQUIRES: 1 <= most <= block_size. The
  // pool outlives the trace.
  static Result<std::unique_ptr<Trace>> create(const ModelConfig& config, std::int64_t most,
                                               ThreadPool& pool);

  // Reads a passage (T); targets (T) are the tokens that follow each. Parameters and passage must
  // outlive what is asked afterwards. REQUIRES: 1 <= T <= most.
  void run(const Parameters<float>& parameters, std::span<const Token> tokens,
           std::span<const Token> targets);

  std::int64_t length() const { return T_; }
  const Parameters<float>& parameters() const { return *parameters_; }
  std::span<const float> losses() const;  // (T): nats, the surprise of each target

  // (T, T): how much each query attends to each position, made again to the bit as backward makes
  // it, from queries, keys and the softmax's statistics that forward kept; the future is zero.
  std::vector<float> attention(int layer, int head);

  // (T, n_inner): what a layer's MLP projects back, made again to the bit. Valid until the next
  // call.
  std::span<const float> hidden(int layer);

  // The residual stream's stages: after the embedding, then after each block.
  int stages() const { return config_.n_layer + 1; }
  // Calls visit(t, logits) for each position from `first` to before `last`: what the head says of
  // the residual stream at this stage, which in the last is what the model says; logits (V) are
  // valid in the call. nostalgebraist, "interpreting GPT: the logit lens" (2020).
  template <class Visit>
  void for_each_logits(int stage, std::int64_t first, std::int64_t last, Visit&& visit) {
    const std::int64_t V = config_.vocab_size;
    const std::int64_t step = head_rows(config_, {1, T_, 1});
    for (std::int64_t at = first; at < last; at += step) {
      const std::int64_t n = std::min(step, last - at);
      const float* const logits = head_logits(stage, at, n);
      for (std::int64_t t = 0; t < n; ++t)
        visit(at + t, std::span<const float>(logits + t * V, static_cast<std::size_t>(V)));
    }
  }

 private:
  Trace(const ModelConfig& config, ThreadPool& pool)
      : config_(config), ops_{pool, Arithmetic::strict, {}} {}

  AttentionShape attention_shape() const {
    return {1, T_, config_.n_embd, config_.n_head, config_.kv_heads()};
  }
  const float* prepared_heads(int layer);                                   // (T, qkv_width)
  const float* head_logits(int stage, std::int64_t first, std::int64_t n);  // (n, V)

  const ModelConfig config_;
  Context ops_;
  Arena arena_;
  Activations activations_{};
  const Parameters<float>* parameters_ = nullptr;
  std::int64_t T_ = 0;
};

}  // namespace clearformer
