#include "train/schedule.h"

#include <gtest/gtest.h>

#include "reference/schedule.h"
#include "tests/engine/support/sampled.h"

namespace clearformer {
namespace {

// Against libm's cosine: both cosines are within 8 units of one, and the few operations around them
// round once each.
TEST(Schedule, IsTheReferences) {
  for (const int steps : {1, 7, 100}) {
    for (const int warmup : {0, 1, 6, 100, 150}) {
      Recipe recipe;
      recipe.steps = steps;
      recipe.warmup_steps = warmup;
      recipe.lr = 3e-3;
      recipe.min_lr = 2e-4;
      for (int it = 0; it < steps + 3; ++it) {
        const double expected =
            reference::learning_rate({recipe.lr, recipe.min_lr, warmup, steps}, it);
        EXPECT_NEAR(learning_rate(recipe, it), expected, 24 * test::kDoubleUnit * recipe.lr)
            << steps << ", " << warmup << ": " << it;
      }
    }
  }
}

}  // namespace
}  // namespace clearformer
