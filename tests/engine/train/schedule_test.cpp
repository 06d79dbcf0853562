#include "train/schedule.h"

#include <gtest/gtest.h>

#include "reference/schedule.h"
#include "tests/engine/support/sampled.h"

namespace clearformer {
namespace {

const std::pair<const char*, reference::Descent> kDescents[] = {
    {"cosine", reference::Descent::cosine},
    {"linear", reference::Descent::linear},
    {"constant", reference::Descent::constant},
    {"wsd", reference::Descent::wsd}};

// Against libm's cosine: both cosines are within 8 units of one, and the few operations around them
// round once each; wsd's way down may begin a rounding of `steps` earlier or later, which its slope
// multiplies.
TEST(Schedule, IsTheReferences) {
  for (const auto& [name, descent] : kDescents) {
    for (const int steps : {1, 7, 100}) {
      for (const int warmup : {0, 1, 6, 100, 150}) {
        Recipe recipe;
        recipe.steps = steps;
        recipe.warmup_steps = warmup;
        recipe.lr = 3e-3;
        recipe.min_lr = 2e-4;
        recipe.schedule = name;
        recipe.decay_fraction = 0.3;
        const double unit = test::kDoubleUnit * recipe.lr * (1 + 4 / recipe.decay_fraction);
        for (int it = 0; it < steps + 3; ++it) {
          const double expected = reference::learning_rate(
              {recipe.lr, recipe.min_lr, warmup, steps, descent, recipe.decay_fraction}, it);
          EXPECT_NEAR(learning_rate(recipe, it), expected, 24 * unit)
              << name << ", " << steps << ", " << warmup << ": " << it;
        }
      }
    }
  }
}

// By hand, at the seams: the last step of the rise, the first at full rate, where the way down
// begins, its last step, and beyond. All numbers are exact in binary.
TEST(Schedule, SeamsAreWhereTheyShouldBe) {
  Recipe recipe;
  recipe.steps = 16;
  recipe.warmup_steps = 3;
  recipe.lr = 1;
  recipe.min_lr = 0.5;
  recipe.decay_fraction = 0.25;
  const auto rates = [&](const char* schedule, std::vector<int> iterations) {
    recipe.schedule = schedule;
    std::vector<double> rates;
    for (const int it : iterations) rates.push_back(learning_rate(recipe, it));
    return rates;
  };
  for (const auto& [name, descent] : kDescents)
    EXPECT_EQ(rates(name, {0, 2, 3}), (std::vector<double>{0.25, 0.75, 1})) << name;
  EXPECT_EQ(rates("constant", {4, 15, 16, 99}), (std::vector<double>{1, 1, 1, 1}));
  EXPECT_EQ(rates("wsd", {11, 12, 13, 14, 15, 16, 99}),
            (std::vector<double>{1, 1, 0.875, 0.75, 0.625, 0.5, 0.5}));
  EXPECT_EQ(rates("linear", {16, 99}), (std::vector<double>{0.5, 0.5}));
  recipe.steps = 11;  // eight steps down
  EXPECT_EQ(rates("linear", {3, 5, 7, 9, 11}), (std::vector<double>{1, 0.875, 0.75, 0.625, 0.5}));
  // A rise that reaches into wsd's way down, or beyond the end.
  recipe.warmup_steps = 9;
  EXPECT_EQ(rates("wsd", {9, 10, 11}), (std::vector<double>{1, 0.75, 0.5}));
  recipe.warmup_steps = 15;
  EXPECT_EQ(rates("wsd", {7, 11}), (std::vector<double>{0.5, 0.75}));
  // All of it, and nothing.
  recipe.warmup_steps = 0;
  recipe.steps = 4;
  recipe.decay_fraction = 1;
  EXPECT_EQ(rates("wsd", {0, 1, 2, 3, 4}), (std::vector<double>{1, 0.875, 0.75, 0.625, 0.5}));
  recipe.decay_fraction = 0;
  EXPECT_EQ(rates("wsd", {0, 3, 4}), (std::vector<double>{1, 1, 0.5}));
}

}  // namespace
}  // namespace clearformer
