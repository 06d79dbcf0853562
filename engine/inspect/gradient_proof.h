#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/arena.h"
#include "base/result.h"
#include "base/thread_pool.h"
#include "inspect/faulty_backward.h"
#include "model/parameters.h"
#include "reference/model.h"

namespace clearformer {

// How the gradient of one parameter fared.
struct TensorProof {
  std::string name;
  std::int64_t rows, cols;
  // Engine against the double-precision reference: the largest difference, relative to the largest
  // gradient of the tensor.
  double relative_error;
  // How far rounding may move it, by what the samples scattered: 0 before the first.
  double tolerance;
  bool pass;
};

// The slope of the loss along one direction in one parameter, four ways.
struct Slopes {
  double reference = 0;  // the reference's gradient, in double
  double engine = 0;     // the engine's gradient, with its fault where it has one
  // (loss(w + epsilon d) - loss(w - epsilon d)) / (2 epsilon)
  double in_double = 0;  // by the reference
  double in_float = 0;   // by the engine
};

// The gradient check on a person's own weights and text: the engine's backward pass, with a fault
// or without, against the reference's, and both against finite differences.
//
// Trained weights may amplify rounding as initial ones never do, so the tolerance is measured on
// these: the reference is run some times with every operation off by a random rounding
// (reference/sampled.h), and kSafety times the largest scatter in a tensor, in float's unit, is
// what its gradient may be off.
class GradientProof {
 public:
  // The reference is slow and holds every activation: a short passage shows as much.
  static constexpr std::int64_t kMostTokens = 16;
  static constexpr int kSamples = 4;
  static constexpr double kSafety = 8;

  // How many tokens of a passage such a model is checked on, so that it takes seconds.
  static std::int64_t most_tokens(const ModelConfig& config);

  // weights: (parameter_count). targets follow tokens. Error "memory". REQUIRES: 1 to kMostTokens
  // tokens, within block_size. The pool outlives the proof.
  static Result<std::unique_ptr<GradientProof>> create(const ModelConfig& config,
                                                       std::span<const float> weights,
                                                       std::span<const Token> tokens,
                                                       std::span<const Token> targets,
                                                       ThreadPool& pool);

  // The engine's gradient anew, with this fault; at first it has none.
  void set_fault(Fault fault);

  // Takes one sample of the rounding; false where there are enough.
  bool sample();

  std::int64_t tokens() const { return T(); }
  int tensors() const { return static_cast<int>(list_.size()); }
  TensorProof check(int tensor) const;
  // Along a direction of length 1, the same each time. REQUIRES: epsilon > 0.
  Slopes slopes(int tensor, double epsilon);

 private:
  GradientProof(const ModelConfig& config, std::span<const float> weights,
                std::span<const Token> tokens, std::span<const Token> targets, ThreadPool& pool);

  reference::Batch batch() const { return {tokens_.data(), targets_.data(), 1, T()}; }
  std::int64_t T() const { return static_cast<std::int64_t>(tokens_.size()); }
  std::int64_t offset(int tensor) const;
  std::vector<double> direction(int tensor) const;
  double loss_in_float();
  double loss_in_double();

  const ModelConfig config_;
  const std::vector<ParameterInfo> list_;
  std::vector<float> weights_;
  std::vector<double> exact_;  // the weights
  const std::vector<Token> tokens_, targets_;
  Arena arena_;
  Activations activations_{};
  Context ops_;
  std::vector<float> gradients_;  // the engine's
  std::vector<double> expected_;  // the reference's
  std::vector<double> scatter_;   // (tensors): the largest so far, in unit roundoffs
  int samples_ = 0;
  reference::Activations<double> work_;
};

}  // namespace clearformer
