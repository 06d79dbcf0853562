#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/thread_pool.h"
#include "io/checkpoint.h"
#include "model/decoder.h"
#include "model/parameters.h"
#include "text/tokenizer.h"
#include "train/generator.h"
#include "train/recipe.h"
#include "train/trainer.h"

namespace clearformer {

// The most bytes that a compact model is read from, and the most that it may take once it is read.
inline constexpr std::int64_t kMaxCompactBytes = 4'000'000;
inline constexpr std::int64_t kMaxCompactMemory = 64'000'000;

// A run's model and nothing else of the run, as a checkpoint without text: matrices in 8 bits a
// weight with a scale a row, vectors as they are. Small enough to travel in a link.
// Error "file" where it would be larger than kMaxCompactBytes.
Result<std::vector<std::uint8_t>> pack_compact_model(const Trainer& run);

// Whether a checkpoint is what pack_compact_model gave, by its first matrix.
bool is_compact(const Checkpoint& file, const ModelConfig& config);

// All its parameters, in the walk's order. Takes no more than kMaxCompactMemory. Error "file".
Result<std::vector<float>> read_compact_weights(const Checkpoint& file, const ModelConfig& config);

// What pack_compact_model gave: a model that can write. There is neither text nor optimizer state
// to train it on with.
class CompactModel {
 public:
  // Reads any bytes; takes no more than kMaxCompactMemory. Error "file". A class of arithmetic that
  // this build lacks is replaced by strict: the weights are rounded anyway. The pool outlives the
  // model.
  static Result<std::unique_ptr<CompactModel>> load(std::span<const std::uint8_t> bytes,
                                                    ThreadPool& pool);

  Generator& generator() { return generator_; }
  const Recipe& recipe() const { return recipe_; }
  const Tokenizer& tokenizer() const { return tokenizer_; }
  std::int64_t step() const { return step_; }
  std::span<const float> weights() const { return weights_; }  // in the walk's order

 private:
  CompactModel(const Recipe& recipe, Tokenizer tokenizer, std::int64_t step,
               std::vector<float> weights, ThreadPool& pool, Arithmetic arithmetic);

  Recipe recipe_;
  Tokenizer tokenizer_;
  std::int64_t step_;
  std::vector<float> weights_;
  Parameters<float> parameters_;
  Decoder decoder_;
  Generator generator_;
};

}  // namespace clearformer
