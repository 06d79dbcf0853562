#include "train/run_header.h"

#include <utility>

namespace clearformer {
namespace {

Error in_file(const Error& error) {
  return {"file", "", error.message};
}

}  // namespace

Result<RunHeader> read_run_header(const Checkpoint& file) {
  const Result<Recipe> recipe = recipe_from_json(file.recipe_json);
  if (!recipe.ok()) return in_file(recipe.error());
  if (Status status = validate_recipe(recipe.value()); !status.ok()) return in_file(status.error());
  Result<Tokenizer> tokenizer = Tokenizer::from_json(file.tokenizer_json);
  if (!tokenizer.ok()) return in_file(tokenizer.error());
  if (!tokenizer.value().is_named(recipe.value().tokenizer))
    return Error{"file", "",
                 "This run's file contradicts itself: its tokenizer is not the one that its recipe "
                 "names."};
  return RunHeader{recipe.value(), std::move(tokenizer.value())};
}

bool is_weight(std::string_view tensor) {
  for (const char* const other : {"adam.", "momentum.", "history.", "lora."})
    if (tensor.starts_with(other)) return false;
  return true;
}

}  // namespace clearformer
