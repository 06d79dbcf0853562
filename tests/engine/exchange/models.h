#pragma once

#include <string_view>
#include <vector>

#include "base/rng.h"
#include "exchange/import_model.h"
#include "exchange/portable_model.h"
#include "io/file.h"
#include "model/parameters.h"
#include "tests/engine/support/runs.h"

// Models for tests of what leaves and comes back: odd sizes, and no two weights alike.
namespace clearformer::test {

// A model of a recipe, whose tokenizer is that of a small text.
inline PortableModel some_model(const Recipe& recipe) {
  Result<Tokenizer> made = make_tokenizer(recipe.tokenizer, training_text(60));
  if (!made.ok()) ADD_FAILURE() << made.error().message;
  PortableModel model{.header = {recipe, made.value()}, .weights = {}};
  const auto count = static_cast<std::size_t>(parameter_count(model.header.config()));
  for (std::size_t i = 0; i < count; ++i)
    model.weights.push_back(static_cast<float>(i + 1) / 1024);  // exact, and none is zero
  return model;
}

inline PortableModel some_model(bool bias, const char* tokenizer = "char") {
  Recipe recipe = small_recipe();
  recipe.bias = bias;
  recipe.tokenizer = tokenizer;
  return some_model(recipe);
}

// Llama's switches, with fewer heads of keys than of queries, four numbers each.
inline Recipe llama_recipe() {
  Recipe recipe = small_recipe();
  recipe.n_head = 4;
  recipe.n_embd = 16;
  recipe.norm = "rmsnorm";
  recipe.activation = "swiglu";
  recipe.position = "rotary";
  recipe.n_kv_head = 2;
  recipe.tied_head = false;
  recipe.tokenizer = "bpe:270";
  return recipe;
}

using Bytes = std::vector<std::uint8_t>;

inline std::string_view text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline PortableModel model_of(const Bytes& run) {
  Result<PortableModel> model = read_portable_model(run);
  if (!model.ok()) ADD_FAILURE() << model.error().message;
  CHECK(model.ok());
  return model.value();
}

inline PortableModel imported(const ForeignModel& foreign) {
  Result<PortableModel> model = import_model(foreign);
  if (!model.ok()) ADD_FAILURE() << model.error().message;
  CHECK(model.ok());
  return model.value();
}

inline ForeignModel folder_of(const std::vector<NamedFile>& files) {
  return {.tensors = {files[0].bytes},
          .config = text_of(files[1].bytes),
          .tokenizer = text_of(files[2].bytes)};
}

}  // namespace clearformer::test
