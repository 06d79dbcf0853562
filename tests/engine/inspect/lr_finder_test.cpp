// The learning-rate finder against a training by hand.
#include "inspect/lr_finder.h"

#include <gtest/gtest.h>

#include <cmath>

#include "inspect/run_copy.h"
#include "tests/engine/inspect/run_files.h"

namespace clearformer {
namespace {

using test::Bytes;

std::unique_ptr<LrFinder> begun(const Bytes& run) {
  auto made = LrFinder::create(run, test::pool_of(1));
  if (!made.ok()) ADD_FAILURE() << made.error().message;
  return made.ok() ? std::move(made.value()) : nullptr;
}

std::unique_ptr<LrFinder> finished(const Bytes& run) {
  auto finder = begun(run);
  for (int i = 0; i < LrFinder::kSteps + 1; ++i) finder->step();
  EXPECT_TRUE(finder->done());
  return finder;
}

Bytes saved_after(int steps, const Recipe& recipe = test::small_recipe()) {
  const auto run = test::start(recipe, test::training_text(60));
  test::train_until(*run, steps);
  return run->save();
}

TEST(LrFinder, RatesRiseEvenlyByTheirLogarithm) {
  EXPECT_EQ(LrFinder::rate(0), 1e-6);
  for (int i = 0; i < LrFinder::kSteps; ++i) {
    const double expected = std::pow(10, -6 + 7.0 * i / 99);
    EXPECT_NEAR(LrFinder::rate(i), expected, 1e-14 * expected) << i;
  }
  const auto finder = finished(saved_after(5));
  ASSERT_GT(finder->points().size(), 1u);
  for (std::size_t i = 0; i < finder->points().size(); ++i)
    EXPECT_EQ(finder->points()[i].lr, LrFinder::rate(static_cast<int>(i)));
}

// Whatever step the run is at: its first batches, from its first weights.
TEST(LrFinder, IsATrainingFromTheRunsBeginning) {
  for (const char* const optimizer : {"adamw", "muon", "sgd"}) {
    Recipe recipe = test::small_recipe();
    recipe.optimizer = optimizer;
    const Bytes run = saved_after(5, recipe);
    const auto finder = finished(run);
    EXPECT_EQ(static_cast<float>(finder->points()[0].loss), test::load(run)->history().loss[0]);
    recipe.schedule = "constant";
    recipe.warmup_steps = 0;
    recipe.steps = LrFinder::kSteps;
    const auto by_hand = test::start(recipe, test::training_text(60));
    for (const LrFinder::Point& point : finder->points()) {
      ASSERT_TRUE(
          by_hand
              ->change_schedule({LrFinder::kSteps, point.lr, point.lr, by_hand->recipe().grad_clip})
              .ok());
      const Result<StepResult> step = by_hand->step();
      ASSERT_TRUE(step.ok());
      EXPECT_EQ(step.value().loss, point.loss);
      EXPECT_EQ(step.value().lr, point.lr);
    }
  }
}

TEST(LrFinder, AModelThatWasImportedBeginsAsItIs) {
  const Bytes run = saved_after(12);
  const Bytes model = test::model_of(run);
  const auto trainer = test::load(model);
  const auto finder = begun(model), untrained = begun(run);
  finder->step();
  untrained->step();
  EXPECT_EQ(finder->points()[0].loss, trainer->step().value().loss);
  EXPECT_LT(finder->points()[0].loss, untrained->points()[0].loss);
}

TEST(LrFinder, StopsWhereTheLossIsFourTimesTheLowest) {
  const auto finder = finished(saved_after(0));
  const auto& points = finder->points();
  ASSERT_LT(points.size(), static_cast<std::size_t>(LrFinder::kSteps));
  double lowest = INFINITY;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    lowest = std::min(lowest, points[i].loss);
    EXPECT_LE(points[i].loss, 4 * lowest);
  }
  EXPECT_GT(points.back().loss, 4 * lowest);
}

TEST(LrFinder, SuggestsATenthOfTheRateOfTheLowestLossBeforeItRises) {
  const auto finder = begun(saved_after(0));
  while (!finder->done()) {
    EXPECT_TRUE(std::isnan(finder->suggested()));
    finder->step();
  }
  const auto& points = finder->points();
  const std::vector<double> smoothed = finder->smoothed();
  ASSERT_EQ(smoothed.size(), points.size());
  EXPECT_EQ(smoothed[0], points[0].loss);
  EXPECT_EQ(smoothed.back(), points.back().loss);
  EXPECT_NEAR(smoothed[1], (points[0].loss + points[1].loss + points[2].loss) / 3, 1e-14);
  double seven = 0;
  for (int i = 4; i < 11; ++i) seven += points[i].loss / 7;
  EXPECT_NEAR(smoothed[7], seven, 1e-14);
  const double least = *std::min_element(smoothed.begin(), smoothed.end());
  const int lowest = finder->lowest();
  ASSERT_GT(lowest, 0);
  const auto before = smoothed.begin() + lowest;
  EXPECT_EQ(std::min_element(smoothed.begin(), before + 1), before);
  // Until the first rise by a tenth of the fall none is lower.
  const auto rises = [&](double loss) { return loss - *before > 0.1 * (smoothed[0] - least); };
  EXPECT_EQ(std::min_element(before, std::find_if(before, smoothed.end(), rises)), before);
  // Two digits: off by half of the second at the most.
  EXPECT_NEAR(finder->suggested(), points[lowest].lr / 10, 0.05 * points[lowest].lr / 10);
  const std::string json = lr_finder_to_json(*finder);
  EXPECT_NE(json.find("\"done\":true"), std::string::npos);
}

TEST(LrFinder, WithoutATextItSaysSo) {
  const auto made = LrFinder::create(test::model_of(saved_after(2), false), test::pool_of(1));
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, "state");
}

// A recipe of a far larger model than the file's: nothing of its size is taken.
TEST(LrFinder, AFileWhoseRecipeIsNotItsWeightsIsRefused) {
  const Bytes run = saved_after(2);
  Checkpoint file = test::parsed(run);
  Recipe large = recipe_from_json(file.recipe_json).value();
  large.n_layer = 48;
  large.n_embd = 3072;
  file.recipe_json = recipe_to_json(large);
  const auto made = LrFinder::create(serialize_checkpoint(file), test::pool_of(1));
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, "file");
}

}  // namespace
}  // namespace clearformer
