#pragma once

#include "base/rng.h"
#include "exchange/portable_model.h"
#include "model/parameters.h"
#include "tests/engine/support/runs.h"

// Models for tests of what leaves and comes back: odd sizes, and no two weights alike.
namespace clearformer::test {

inline PortableModel some_model(bool bias, const char* tokenizer = "char") {
  Recipe recipe = small_recipe();
  recipe.bias = bias;
  recipe.tokenizer = tokenizer;
  Result<Tokenizer> made = make_tokenizer(tokenizer, training_text(60));
  if (!made.ok()) ADD_FAILURE() << made.error().message;
  PortableModel model{.header = {recipe, made.value()}, .weights = {}};
  const auto count = static_cast<std::size_t>(parameter_count(model.header.config()));
  for (std::size_t i = 0; i < count; ++i)
    model.weights.push_back(static_cast<float>(i + 1) / 1024);  // exact, and none is zero
  return model;
}

}  // namespace clearformer::test
