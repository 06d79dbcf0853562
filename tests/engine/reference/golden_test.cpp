// The reference against PyTorch.
#include <gtest/gtest.h>

#include "tests/engine/support/golden_reference.h"

namespace clearformer {
namespace {

using test::expect_agrees;
using test::kDoubleUnit;
using test::kFloatUnit;

class ReferenceGolden : public testing::TestWithParam<std::string> {};

TEST_P(ReferenceGolden, LossLogitsAndGradientsAreTorchs) {
  const auto golden = test::load_golden(GetParam());
  const auto expected = test::expected_pass(golden);
  const auto& torch = golden.float64;
  ASSERT_EQ(torch.logits.size(), expected.logits.values.size());
  ASSERT_EQ(torch.gradients.size(), expected.gradients.values.size());
  expect_agrees("loss", &torch.loss, expected.loss, kDoubleUnit);
  expect_agrees("logits", torch.logits.data(), expected.logits, kDoubleUnit);
  expect_agrees("gradients", torch.gradients.data(), expected.gradients, kDoubleUnit);
}

// Holds the tolerance at float's unit roundoff, which the fast engine is held to, against an
// implementation that is known to be good: it must let PyTorch's own float32 pass.
TEST_P(ReferenceGolden, FloatToleranceLetsTorchsFloatPass) {
  const auto golden = test::load_golden(GetParam());
  const auto expected = test::expected_pass(golden);
  const auto& torch = golden.float32;
  ASSERT_EQ(torch.logits.size(), expected.logits.values.size());
  ASSERT_EQ(torch.gradients.size(), expected.gradients.values.size());
  expect_agrees("loss", &torch.loss, expected.loss, kFloatUnit);
  expect_agrees("logits", torch.logits.data(), expected.logits, kFloatUnit);
  expect_agrees("gradients", torch.gradients.data(), expected.gradients, kFloatUnit);
}

void expect_steps_are_torchs(const test::GoldenCase& golden, const test::GoldenTraining& torch) {
  SCOPED_TRACE(torch.optimizer);
  const auto expected = test::expected_training(golden, torch);
  ASSERT_EQ(torch.steps, 10);
  ASSERT_EQ(torch.losses.size(), expected.losses.values.size());
  ASSERT_EQ(torch.grad_norms.size(), expected.grad_norms.values.size());
  ASSERT_EQ(torch.weights.size(), expected.weights.values.size());
  expect_agrees("losses", torch.losses.data(), expected.losses, kDoubleUnit);
  expect_agrees("grad_norms", torch.grad_norms.data(), expected.grad_norms, kDoubleUnit);
  expect_agrees("weights", torch.weights.data(), expected.weights, kDoubleUnit);
}

TEST_P(ReferenceGolden, TenAdamWStepsAreTorchs) {
  const auto golden = test::load_golden(GetParam());
  expect_steps_are_torchs(golden, golden.training);
}

TEST(ReferenceOptimizers, TenStepsOfEveryOptimizerAreTorchs) {
  const auto golden = test::load_golden("every_optimizer");
  ASSERT_EQ(golden.others.size(), 2u);
  for (const test::GoldenTraining& torch : golden.others) expect_steps_are_torchs(golden, torch);
}

// Warm-up, the top and the descent, as make_golden.py has them. An operation or two in a different
// order: a few units in the last place.
TEST_P(ReferenceGolden, ScheduleIsTheScripts) {
  const auto golden = test::load_golden(GetParam());
  const auto& t = golden.training;
  ASSERT_EQ(t.learning_rates.size(), static_cast<std::size_t>(t.steps));
  for (int it = 0; it < t.steps; ++it) {
    const double lr = reference::learning_rate({t.lr, t.min_lr, t.warmup_steps, t.steps}, it);
    EXPECT_NEAR(lr, t.learning_rates[it], 8 * kDoubleUnit * t.lr) << it;
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, ReferenceGolden, testing::ValuesIn(test::golden_names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace clearformer
