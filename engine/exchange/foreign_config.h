#pragma once

#include <string_view>

#include "base/result.h"
#include "exchange/architecture.h"
#include "train/recipe.h"

namespace clearformer {

// What a config.json says, or the model_args of nanoGPT: the architecture and its sizes.
struct ForeignConfig {
  const Architecture* architecture;
  Recipe recipe;  // the one that was given, with these sizes and switches
  int vocab_size = 0;
  bool says_bias = false;  // whether it has a word on biases; transformers' GPT-2 has not
};

// Reads it over `base`. `what` begins a message: "config.json". Error "file" where a size is
// missing or out of range, or where the model computes something that ours does not.
Result<ForeignConfig> read_foreign_config(std::string_view json, std::string_view what,
                                          const Recipe& base);

}  // namespace clearformer
