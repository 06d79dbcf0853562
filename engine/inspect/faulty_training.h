#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/arena.h"
#include "base/result.h"
#include "base/thread_pool.h"
#include "inspect/faulty_backward.h"
#include "reference/adamw.h"
#include "train/recipe.h"

namespace clearformer {

// Two models from the same start on the same passages, one of them with a fault in its backward
// pass: what such a mistake costs a training. Neither is the run.
class FaultyTraining {
 public:
  struct Losses {
    double right, faulty;  // of this step's passages, before the update
  };

  // The start is the recipe's own; rates as its highest. Errors: "text" where there are fewer than
  // two tokens, "memory". The pool outlives the training.
  static Result<std::unique_ptr<FaultyTraining>> create(const Recipe& recipe, int vocab_size,
                                                        std::vector<Token> text, Fault fault,
                                                        ThreadPool& pool);
  Losses step();

 private:
  struct Learner {
    Fault fault;
    std::vector<float> weights, gradients;
    reference::AdamWState<float> adam;
  };

  FaultyTraining(const Recipe& recipe, int vocab_size, std::vector<Token> text, Fault fault,
                 ThreadPool& pool);
  double step(Learner& learner);

  const Recipe recipe_;
  const ModelConfig config_;
  const std::vector<Token> text_;
  const std::int64_t B_, T_;
  Arena arena_;
  Activations activations_{};
  Context ops_;
  Learner right_, faulty_;
  std::vector<Token> inputs_, targets_;  // (B, T)
  std::uint32_t steps_ = 0;
};

}  // namespace clearformer
