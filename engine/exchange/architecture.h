#pragma once

#include <span>
#include <string>
#include <string_view>

#include "exchange/layout.h"
#include "train/recipe.h"

namespace clearformer {

// An architecture of other programs that a model of ours can have exactly. Settings are the
// recipe's.
struct Architecture {
  const char* name;        // as people say it
  const char* model_type;  // of transformers' config.json, and llama.cpp's general.architecture
  const char* class_name;  // of transformers
  std::string_view norm, activation, position;
  bool qk_norm;
  bool grouped;          // heads may share keys and values
  bool biases;           // linear layers may have them
  bool tied_by_default;  // what a config.json means that does not say tie_word_embeddings
  const Layout* hf;
  const Layout* gguf;

  bool is_gpt2() const { return position == "learned"; }
};

std::span<const Architecture> architectures();

// The one that a recipe's model has; null where there is none.
const Architecture* architecture_of(const Recipe& recipe);

// Why that is none: what of the recipe differs from the architecture that is nearest, and which
// there are. REQUIRES: architecture_of(recipe) is null.
std::string why_no_architecture(const Recipe& recipe);

}  // namespace clearformer
