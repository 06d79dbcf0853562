#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/context.h"
#include "base/token.h"
#include "model/config.h"
#include "model/parameters.h"

namespace clearformer {

// Runs a model forward token by token, with the keys and values of earlier positions cached.
//
// A text may grow past block_size. Learned positions do not slide, so whatever the positions are,
// when the cache is full the later half of the context is read again from position 0, which costs
// about one more forward pass a token on average.
class Decoder {
 public:
  // The parameters must outlive the decoder; they may change between texts.
  Decoder(const ModelConfig& config, const Parameters<float>& parameters, ThreadPool& pool,
          Arithmetic arithmetic);

  // Forgets the text so far.
  void reset();

  // Reads tokens and returns the logits (V) of what comes next. They are valid until the next call.
  // REQUIRES: at least one token, each in [0, V).
  std::span<const float> read(std::span<const Token> tokens);

  // Bytes of its caches and buffers.
  static std::int64_t bytes(const ModelConfig& config);

 private:
  void read_rows(std::span<const Token> tokens);

  const ModelConfig config_;
  const Parameters<float>& parameters_;
  std::vector<Token> context_;                            // what the cache holds
  std::vector<float> keys_, values_;                      // (n_layer, block_size, kv_heads * HS)
  std::vector<float> residual_, normalised_, attention_;  // (rows, C)
  std::vector<float> wide_;                               // (rows, qkv_width), or fc and its output
  std::vector<float> statistics_;                         // of the rows, or of their heads
  std::vector<float> rotary_;                             // (block_size, HS), or empty
  std::vector<float> scores_;                             // (block_size)
  std::vector<float> logits_;                             // (V)
  std::vector<float> scratch_;
  Context ops_;
};

}  // namespace clearformer
