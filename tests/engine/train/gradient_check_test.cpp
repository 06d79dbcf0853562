#include "train/gradient_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "model/parameters.h"
#include "tests/engine/support/engine_check.h"

namespace clearformer {
namespace {

Recipe shaped(int n_layer, int n_head, int n_embd, int block_size, bool bias, double dropout) {
  Recipe recipe;
  recipe.n_layer = n_layer;
  recipe.n_head = n_head;
  recipe.n_embd = n_embd;
  recipe.block_size = block_size;
  recipe.bias = bias;
  recipe.dropout = dropout;
  return recipe;
}

TEST(GradientCheck, EveryParameterOfEveryArchitecturePasses) {
  for (const Arithmetic arithmetic : test::arithmetics()) {
    for (const bool bias : {false, true}) {
      for (const double dropout : {0.0, 0.3}) {
        const Recipe recipes[] = {shaped(1, 1, 1, 1, bias, dropout),
                                  shaped(2, 3, 21, 5, bias, dropout),
                                  shaped(3, 2, 34, 9, bias, dropout)};
        for (const Recipe& recipe : recipes) {
          std::set<std::string> seen;
          double worst = 0;
          const auto report = [&](const TensorCheck& check) {
            EXPECT_TRUE(check.pass) << check.name << " " << check.max_relative_error << " of "
                                    << check.tolerance << ", " << check.reference_relative_error;
            worst = std::max(worst, check.max_relative_error);
            seen.insert(check.name);
          };
          const auto result = check_gradients(recipe, 13, test::pool_of(1), arithmetic, report);
          ASSERT_TRUE(result.ok()) << result.error().message;
          EXPECT_TRUE(result.value().pass);
          EXPECT_EQ(result.value().worst, worst);
          EXPECT_EQ(seen.size(), parameter_list(recipe.model_config(13)).size());
        }
      }
    }
  }
}

// The loss that is trained on is what the gradients are of.
TEST(GradientCheck, TermsOfTheLossPass) {
  Recipe recipe = shaped(2, 3, 21, 5, true, 0.3);
  recipe.label_smoothing = 0.2;
  recipe.z_loss = 0.05;
  for (const Arithmetic arithmetic : test::arithmetics()) {
    const auto report = [](const TensorCheck& check) { EXPECT_TRUE(check.pass) << check.name; };
    const auto result = check_gradients(recipe, 13, test::pool_of(1), arithmetic, report);
    ASSERT_TRUE(result.ok()) << result.error().message;
    EXPECT_TRUE(result.value().pass);
  }
}

// Where dropout leaves a single number of a row, a norm cancels nearly all of its gradient:
// rounding is amplified a thousandfold, and the tolerance knows.
TEST(GradientCheck, DropoutThatLeavesNextToNothingPasses) {
  Recipe recipe = shaped(1, 3, 24, 3, false, 0.988);
  recipe.n_kv_head = 1;
  recipe.tied_head = false;
  recipe.seed = 0;
  double worst = 0;
  const auto report = [&](const TensorCheck& check) {
    EXPECT_TRUE(check.pass) << check.name;
    worst = std::max(worst, check.tolerance);
  };
  ASSERT_TRUE(check_gradients(recipe, 65, test::pool_of(1), Arithmetic::strict, report).ok());
  EXPECT_GT(worst, 1e-4);
}

// A norm of two numbers cancels its gradient but for epsilon, and dropout the rest: what is left of
// q_norm's gradient is rounding, the reference's own too, and its tolerance knows.
TEST(GradientCheck, AGradientThatIsNothingButRoundingPasses) {
  Recipe recipe = shaped(1, 2, 2, 4, true, 0.726);
  recipe.qk_norm = true;
  recipe.tied_head = false;
  recipe.z_loss = 0.449;
  recipe.seed = 987907775;
  double worst = 0;
  const auto report = [&](const TensorCheck& check) {
    EXPECT_TRUE(check.pass) << check.name << " " << check.max_relative_error << " of "
                            << check.tolerance << ", " << check.reference_relative_error << " of "
                            << check.reference_tolerance;
    worst = std::max(worst, check.reference_relative_error);
  };
  ASSERT_TRUE(check_gradients(recipe, 65, test::pool_of(1), Arithmetic::strict, report).ok());
  EXPECT_GT(worst, kReferenceTolerance);
}

TEST(GradientCheck, AnImpossibleRecipeIsRefused) {
  const auto result = check_gradients(shaped(1, 3, 10, 4, true, 0), 13, test::pool_of(1),
                                      Arithmetic::strict, [](const TensorCheck&) { FAIL(); });
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, "setting");
}

}  // namespace
}  // namespace clearformer
