// Any bytes as a recipe: a sentence, or one that reads back as it is written and whose plan is a
// number.
#include "io/json_leaves.h"
#include "tests/fuzz/input.h"
#include "text/decimal.h"
#include "train/cost.h"
#include "train/memory.h"
#include "train/recipe.h"

namespace clearformer {
namespace {

void check_recipe(const Recipe& recipe) {
  const std::string json = recipe_to_json(recipe);
  const Result<Recipe> again = recipe_from_json(json);
  CHECK(again.ok());
  CHECK(recipe_to_json(again.value()) == json);
  if (!fuzz::taken(validate_recipe(recipe))) return;
  const MemoryPlan plan = plan_memory(recipe, recipe.model_config(97), 1000, 1000, 2);
  CHECK(plan.total() > 0);
  for (const Buffer& buffer : plan.buffers) CHECK(buffer.bytes >= 0);
  fuzz::taken(check_memory(plan, 1 << 20));
}

// "name=value" a line, as flags give them.
void set_each(std::string_view lines) {
  Recipe recipe;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    const std::size_t equals = std::min(line.find('='), line.size());
    const std::string before = recipe_to_json(recipe);
    const std::string_view value = line.substr(std::min(equals + 1, line.size()));
    if (!fuzz::taken(set_setting(recipe, line.substr(0, equals), value)))
      CHECK(recipe_to_json(recipe) == before);
  }
  check_recipe(recipe);
}

FUZZ(input) {
  const std::string_view text = fuzz::text_of(input);
  const Result<Recipe> recipe = recipe_from_json(text);
  if (fuzz::taken(recipe)) check_recipe(recipe.value());
  set_each(text);
  fuzz::taken(read_json_leaves(text, "The file", [](const JsonPath& path, const JsonValue&) {
    CHECK(path.size() <= kMaxJsonDepth);
    return Status();
  }));
  const char* end = nullptr;
  const std::string number(text);
  read_decimal(number.c_str(), &end);
  CHECK(end >= number.c_str() && end <= number.c_str() + number.size());
}

}  // namespace
}  // namespace clearformer
