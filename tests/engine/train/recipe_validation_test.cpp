#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <type_traits>

#include "tests/engine/support/setting_error.h"
#include "text/words.h"
#include "train/recipe.h"

// What a recipe may say.
namespace clearformer {
namespace {

using test::error_of;

// Each range's ends are in it, what lies just beyond is not; through JSON and in a Recipe alike.
TEST(ValidateRecipe, ChecksEveryRange) {
  Recipe recipe;
  int n_checked = 0;
  for_each_setting(recipe, [&](const Setting& setting, auto& field) {
    using Field = std::remove_reference_t<decltype(field)>;
    if constexpr (std::is_same_v<Field, int> || std::is_same_v<Field, double>) {
      const auto names_it = [&](double value) {
        const Field old = field;
        field = static_cast<Field>(value);
        const bool named = error_of(validate_recipe(recipe))
                               .starts_with(std::string(setting.name) + ": " + setting.name +
                                            " is " + format_number(value) + "; it must be ");
        field = old;
        const std::string json =
            "{\"" + std::string(setting.name) + "\":" + format_number(value) + "}";
        EXPECT_EQ(!recipe_from_json(json).ok(), named) << json;
        return named;
      };
      constexpr bool kWhole = std::is_same_v<Field, int>;
      const double infinity = std::numeric_limits<double>::infinity();
      const double below = kWhole ? setting.min - 1 : std::nextafter(setting.min, -infinity);
      const double above = kWhole ? setting.max + 1 : std::nextafter(setting.max, infinity);
      EXPECT_FALSE(names_it(setting.min)) << setting.name;
      EXPECT_TRUE(names_it(below)) << setting.name;
      EXPECT_EQ(names_it(setting.max), setting.exclusive_max) << setting.name;
      // An int cannot hold one more than its own maximum.
      if (!kWhole || setting.max < std::numeric_limits<int>::max()) {
        EXPECT_TRUE(names_it(above)) << setting.name;
      }
      ++n_checked;
    }
  });
  EXPECT_GT(n_checked, 0);
}

TEST(ValidateRecipe, RefusesWhatIsNoNumberOrChoice) {
  Recipe recipe;
  recipe.lr = std::nan("");
  EXPECT_EQ(error_of(validate_recipe(recipe)), "lr: lr is NaN; it must be a number from 0 to 10.");
  recipe = {};
  recipe.tokenizer = "bpe";
  EXPECT_EQ(error_of(validate_recipe(recipe)),
            "tokenizer: tokenizer is \"bpe\"; it must be char, byte or bpe:N, N a whole number "
            "from 257 to 65536.");
}

TEST(ValidateRecipe, TheHeadsDivideTheWidth) {
  const auto error = [](int n_embd, int n_head) {
    Recipe recipe;
    recipe.n_embd = n_embd;
    recipe.n_head = n_head;
    return error_of(validate_recipe(recipe));
  };
  EXPECT_EQ(error(128, 4), "");
  EXPECT_EQ(error(130, 4),
            "n_embd: n_embd is 130, which n_head 4 does not divide; use 128 or 132.");
  EXPECT_EQ(error(3, 4), "n_embd: n_embd is 3, which n_head 4 does not divide; use 4.");
  EXPECT_EQ(error(4096, 3), "n_embd: n_embd is 4096, which n_head 3 does not divide; use 4095.");
}

TEST(ValidateRecipe, RotaryHeadsAreEven) {
  const auto error = [](int n_embd, int n_head) {
    Recipe recipe;
    recipe.n_embd = n_embd;
    recipe.n_head = n_head;
    EXPECT_EQ(error_of(validate_recipe(recipe)), "");
    recipe.position = "rotary";
    return error_of(validate_recipe(recipe));
  };
  EXPECT_EQ(error(128, 4), "");
  EXPECT_EQ(error(132, 4),
            "n_embd: n_embd is 132, which n_head 4 divides into heads of odd size, and rotary "
            "positions turn pairs; use 128 or 136.");
  EXPECT_EQ(error(3, 3),
            "n_embd: n_embd is 3, which n_head 3 divides into heads of odd size, and rotary "
            "positions turn pairs; use 6.");
  EXPECT_EQ(error(4095, 3),
            "n_embd: n_embd is 4095, which n_head 3 divides into heads of odd size, and rotary "
            "positions turn pairs; use 4092.");
}

TEST(ValidateRecipe, KeyHeadsDivideTheHeads) {
  const auto error = [](int n_kv_head, int n_head) {
    Recipe recipe;
    recipe.n_embd = 4 * n_head;
    recipe.n_head = n_head;
    recipe.n_kv_head = n_kv_head;
    return error_of(validate_recipe(recipe));
  };
  for (const int divisor : {0, 1, 2, 3, 6}) EXPECT_EQ(error(divisor, 6), "");
  EXPECT_EQ(error(5, 6), "n_kv_head: n_kv_head is 5, which does not divide n_head 6; use 0 or 3.");
  EXPECT_EQ(error(8, 6), "n_kv_head: n_kv_head is 8, which does not divide n_head 6; use 0 or 6.");
}

TEST(ValidateRecipe, TheFinalRateIsNotAboveTheLearningRate) {
  Recipe recipe;
  recipe.min_lr = recipe.lr;
  EXPECT_EQ(error_of(validate_recipe(recipe)), "");
  recipe.min_lr = 0.01;
  EXPECT_EQ(error_of(validate_recipe(recipe)),
            "min_lr: min_lr is 0.01, above lr 0.001; use 0.001 or less.");
  recipe.schedule = "constant";  // has none
  EXPECT_EQ(error_of(validate_recipe(recipe)), "");
}

TEST(ValidateRecipe, TheRankIsNotAboveTheWidth) {
  Recipe recipe;
  recipe.lora_rank = 128;
  EXPECT_TRUE(validate_recipe(recipe).ok());
  recipe.lora_rank = 129;
  const Status status = validate_recipe(recipe);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().where, "lora_rank");
  EXPECT_EQ(status.error().message, "lora_rank is 129, above n_embd 128; use 128 or less.");
}

}  // namespace
}  // namespace clearformer
