#pragma once

#include <string_view>

#include "base/result.h"
#include "io/checkpoint.h"
#include "model/config.h"
#include "text/tokenizer.h"
#include "train/recipe.h"

namespace clearformer {

// What a checkpoint says of its model besides the weights.
struct RunHeader {
  Recipe recipe;
  Tokenizer tokenizer;

  ModelConfig config() const { return recipe.model_config(tokenizer.vocab_size()); }
};

// Error "file" where one of the two is broken, or where they do not belong together.
Result<RunHeader> read_run_header(const Checkpoint& file);

// Whether a tensor of a run's file is a weight, and not its optimizer's, its history's or LoRA's. A
// file of a model alone has no others.
bool is_weight(std::string_view tensor);

// The evaluations' losses in a run's file, by the names of their tensors.
inline constexpr const char* kEvalTrainLoss = "history.eval.train_loss";
inline constexpr const char* kEvalValLoss = "history.eval.val_loss";

}  // namespace clearformer
