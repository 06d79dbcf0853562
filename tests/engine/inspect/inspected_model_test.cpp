#include "inspect/inspected_model.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/engine/support/runs.h"
#include "train/compact_model.h"

namespace clearformer {
namespace {

TEST(InspectedModel, OfACompactModelHasItsWeights) {
  auto run = test::start(test::small_recipe(), test::training_text(60));
  test::train_until(*run, 3);
  const auto packed = pack_compact_model(*run);
  ASSERT_TRUE(packed.ok());
  const auto lone = CompactModel::load(packed.value(), test::pool_of(1));
  ASSERT_TRUE(lone.ok());
  const auto model = read_inspected_model(packed.value());
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_TRUE(std::ranges::equal(model.value().weights, lone.value()->weights()));
  EXPECT_EQ(model.value().step, 3);
  EXPECT_EQ(model.value().text, "");
  // Rounded to 8 bits they are not the run's.
  const auto whole = read_inspected_model(run->save());
  ASSERT_TRUE(whole.ok());
  EXPECT_EQ(whole.value().weights.size(), model.value().weights.size());
  EXPECT_NE(whole.value().weights, model.value().weights);
}

TEST(InspectedModel, ACompactModelThatIsCutShortIsRefused) {
  const auto run = test::start(test::small_recipe(), test::training_text(60));
  auto packed = pack_compact_model(*run).value();
  packed.resize(packed.size() - 1);
  const auto model = read_inspected_model(packed);
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code, "file");
}

}  // namespace
}  // namespace clearformer
