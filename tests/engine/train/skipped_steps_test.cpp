#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "io/checkpoint.h"
#include "tests/engine/support/runs.h"
#include "train/trainer.h"

// A run that leaves out the steps whose numbers overflow, and counts them.
namespace clearformer {
namespace {

using test::load;
using test::small_recipe;
using test::start;
using test::training_text;

constexpr int kC = 15;         // small_recipe's width
constexpr int kRare = '\x7f';  // a byte that the text has in a few places only

Recipe skipping(int seed) {
  Recipe recipe = small_recipe();
  recipe.tokenizer = "byte";
  recipe.tied_head = false;
  recipe.skip_nonfinite = true;
  recipe.seed = seed;
  return recipe;
}

template <class Change>
std::vector<std::uint8_t> changed(const std::vector<std::uint8_t>& file, const Change& change) {
  Result<Checkpoint> parsed = parse_checkpoint(file);
  EXPECT_TRUE(parsed.ok());
  change(parsed.value());
  return serialize_checkpoint(parsed.value());
}

// A run that cannot read the rare byte: batches that have it overflow, others do not.
std::unique_ptr<Trainer> stumbling(const Recipe& recipe, float embedding = 3e38f,
                                   int n_threads = 1) {
  std::string text = training_text(60);
  for (std::size_t at = 7; at < text.size(); at += 150) text[at] = kRare;
  const auto fresh = start(recipe, text);
  std::vector<float> numbers;
  const auto file = changed(fresh->save(), [&](Checkpoint& checkpoint) {
    for (NamedTensor& tensor : checkpoint.tensors) {
      if (tensor.name != "wte.weight") continue;
      numbers.resize(tensor.bytes.size() / sizeof(float));
      std::copy_n(tensor.bytes.data(), tensor.bytes.size(),
                  reinterpret_cast<std::uint8_t*>(numbers.data()));
      std::fill_n(numbers.begin() + kRare * kC, kC, embedding);
      tensor = make_tensor(tensor.name, tensor.shape, std::span<const float>(numbers));
    }
  });
  return load(file, n_threads);
}

std::vector<float> weights_of(const Trainer& trainer) {
  return {trainer.parameters().begin(), trainer.parameters().end()};
}

// A seed with which the first step is skipped and the second is not.
int stumbling_seed() {
  for (int seed = 0; seed < 200; ++seed) {
    const auto trainer = stumbling(skipping(seed));
    if (trainer->step().value().skipped && !trainer->step().value().skipped) return seed;
  }
  ADD_FAILURE() << "no such seed";
  return 0;
}

TEST(SkippedSteps, AreCountedAndLeaveTheWeights) {
  const auto trainer = stumbling(skipping(stumbling_seed()));
  std::vector<std::int64_t> expected;
  while (!trainer->done()) {
    const std::vector<float> before = weights_of(*trainer);
    const Result<StepResult> step = trainer->step();
    ASSERT_TRUE(step.ok()) << step.error().message;
    EXPECT_EQ(weights_of(*trainer) == before, step.value().skipped);
    if (!step.value().skipped) continue;
    expected.push_back(step.value().step);
    EXPECT_EQ(trainer->divergence().step, step.value().step);
    EXPECT_FALSE(std::isfinite(trainer->history().loss.back()));
  }
  EXPECT_EQ(trainer->steps_skipped(), static_cast<std::int64_t>(expected.size()));
  for (std::int64_t step = 1; step <= 12; ++step)
    EXPECT_EQ(std::isnan(trainer->history().lr[step - 1]),
              std::count(expected.begin(), expected.end(), step) == 1);
  EXPECT_EQ(trainer->history().loss.size(), 12u);
  EXPECT_LT(expected.size(), 12u);
}

// A run's file has the same bits everywhere, whichever NaN a processor makes of infinity less
// infinity.
TEST(SkippedSteps, HaveTheOneNaNInTheHistory) {
  const auto trainer = stumbling(skipping(stumbling_seed()));
  while (!trainer->done()) ASSERT_TRUE(trainer->step().ok());
  const History& history = trainer->history();
  int count = 0;
  for (const auto* const numbers : {&history.loss, &history.lr, &history.grad_norm})
    for (const float number : *numbers) {
      if (!std::isnan(number)) continue;
      ++count;
      EXPECT_EQ(std::bit_cast<std::uint32_t>(number), 0x7FC00000u);
    }
  EXPECT_GT(count, trainer->steps_skipped());  // not of the rates alone
}

TEST(SkippedSteps, StopTheRunWhereTheSettingIsOff) {
  Recipe recipe = skipping(stumbling_seed());
  recipe.skip_nonfinite = false;
  const auto trainer = stumbling(recipe);
  EXPECT_EQ(trainer->step().error().code, "diverged");
  EXPECT_EQ(trainer->steps_done(), 0);
  EXPECT_EQ(trainer->steps_skipped(), 0);
}

// AdamW's first update is lr against the gradient's sign; were the skipped step counted among those
// that moved the means, it would be 0.74 lr.
TEST(SkippedSteps, AreNoneOfTheOptimizers) {
  Recipe recipe = skipping(stumbling_seed());
  recipe.warmup_steps = 0;
  recipe.weight_decay = 0;
  const auto trainer = stumbling(recipe);
  const std::vector<float> before = weights_of(*trainer);
  ASSERT_TRUE(trainer->step().value().skipped);
  const Result<StepResult> step = trainer->step();
  ASSERT_FALSE(step.value().skipped);
  const std::vector<float> after = weights_of(*trainer);
  double furthest = 0;
  for (std::size_t i = 0; i < after.size(); ++i)
    if (std::fabs(before[i]) < 1e30f)
      furthest = std::max<double>(furthest, std::fabs(after[i] - before[i]));
  EXPECT_NEAR(furthest, step.value().lr, step.value().lr * 1e-3);
}

TEST(SkippedSteps, ARunWithThemResumesToTheBit) {
  const Recipe recipe = skipping(stumbling_seed());
  const auto straight = stumbling(recipe);
  while (!straight->done()) ASSERT_TRUE(straight->step().ok());
  ASSERT_GT(straight->steps_skipped(), 0);
  for (int at = 0; at < recipe.steps; ++at) {
    SCOPED_TRACE(at);
    const auto first = stumbling(recipe, 3e38f, test::thread_counts().back());
    while (first->steps_done() < at) ASSERT_TRUE(first->step().ok());
    const auto second = load(first->save());
    while (!second->done()) ASSERT_TRUE(second->step().ok());
    EXPECT_EQ(second->save(), straight->save());
  }
}

TEST(SkippedSteps, AreNotEndless) {
  Recipe recipe = skipping(1);
  recipe.steps = 100;
  const auto trainer = stumbling(recipe, std::numeric_limits<float>::quiet_NaN());
  const std::string fingerprint = trainer->fingerprint();
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(trainer->step().ok());
  const Result<StepResult> step = trainer->step();
  ASSERT_FALSE(step.ok());
  EXPECT_EQ(step.error().code, "diverged");
  EXPECT_EQ(trainer->steps_done(), 20);
  EXPECT_EQ(trainer->divergence().what, Divergence::What::weight);
  EXPECT_EQ(trainer->fingerprint(), fingerprint);
}

TEST(SkippedSteps, LeaveNoTraceWhereThereAreNone) {
  const auto trainer = start(small_recipe(), training_text(60));
  test::train_until(*trainer, 3);
  const auto file = trainer->save();
  const Result<Checkpoint> parsed = parse_checkpoint(file);
  const auto loaded = load(file);
  for (const float lr : loaded->history().lr) EXPECT_TRUE(std::isfinite(lr));
  EXPECT_EQ(parsed.value().recipe_json.find("skip_nonfinite"), std::string::npos);
}

}  // namespace
}  // namespace clearformer
