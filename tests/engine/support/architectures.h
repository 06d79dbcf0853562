#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

#include "tests/engine/support/thinning.h"
#include "train/recipe.h"

// Every architecture there is.
namespace clearformer::test {

// Small and odd: half a head is 3.
inline Recipe small_shape() {
  Recipe recipe;
  recipe.n_layer = 2;
  recipe.n_head = 2;
  recipe.n_embd = 12;
  recipe.block_size = 5;
  recipe.batch_size = 2;
  return recipe;
}

// All combinations of what can be switched in a model, by the table of settings: biases and all
// that came later, each choice with each. Of a number of heads: as many as there are, and one.
inline std::vector<Recipe> all_architectures(const Recipe& base = small_shape()) {
  std::vector<Recipe> all = {base};
  for_each_setting(base, [&](const Setting& setting, const auto& field) {
    using Field = std::remove_cvref_t<decltype(field)>;
    const bool is_switch = setting.later || std::string(setting.name) == "bias";
    if (setting.group != Setting::Group::model || !is_switch) return;
    std::vector<std::string> values(setting.choices.begin(), setting.choices.end());
    if constexpr (std::is_same_v<Field, bool>) values = {"false", "true"};
    if constexpr (std::is_same_v<Field, int>) values = {"0", "1"};
    std::vector<Recipe> with;
    for (const Recipe& recipe : all)
      for (const std::string& value : values) {
        with.push_back(recipe);
        EXPECT_TRUE(set_setting(with.back(), setting.name, value).ok()) << setting.name;
      }
    all = std::move(with);
  });
  return all;
}

// What tests go through. Seven divides no number of choices: where it is each seventh, each choice
// is met with each other all the same.
inline std::vector<Recipe> architectures(const Recipe& base = small_shape()) {
  std::vector<Recipe> all = all_architectures(base);
  for (std::size_t i = 0; kEach * i < all.size(); ++i) all[i] = all[kEach * i];
  all.resize((all.size() + kEach - 1) / kEach);
  return all;
}

}  // namespace clearformer::test
