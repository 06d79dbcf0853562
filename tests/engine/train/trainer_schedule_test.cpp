#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>

#include "io/checkpoint.h"
#include "tests/engine/support/runs.h"
#include "train/schedule.h"
#include "train/trainer.h"

// A run whose steps or rates change on the way.
namespace clearformer {
namespace {

using test::load;
using test::small_recipe;
using test::start;
using test::train_until;
using test::training_text;

Status change_rate(Trainer& trainer, double lr, double min_lr) {
  return trainer.change_schedule({trainer.recipe().steps, lr, min_lr, trainer.recipe().grad_clip});
}
Status extend(Trainer& trainer, int steps) {
  Schedule schedule = trainer.recipe().changeable();
  schedule.steps = steps;
  return trainer.change_schedule(schedule);
}

TEST(TrainerSchedule, ADoneScheduleCanBeLengthened) {
  const auto trainer = start(small_recipe(), training_text(60));
  train_until(*trainer, 12);
  EXPECT_TRUE(trainer->done());
  const std::string fingerprint = trainer->fingerprint();
  EXPECT_EQ(trainer->step().error().code, "state");
  EXPECT_EQ(trainer->fingerprint(), fingerprint);
  EXPECT_EQ(extend(*trainer, 11).error().code, "setting");
  EXPECT_EQ(extend(*trainer, 20'000'000).error().where, "steps");
  EXPECT_EQ(trainer->recipe().steps, 12);
  ASSERT_TRUE(extend(*trainer, 14).ok());
  EXPECT_FALSE(trainer->done());
  EXPECT_TRUE(trainer->step().ok());
}

// What a run is after its schedule was changed twice, steps in between.
std::unique_ptr<Trainer> changed_run(int n_threads = 1) {
  auto trainer = start(small_recipe(), training_text(60), Arithmetic::strict, n_threads);
  train_until(*trainer, 4);
  EXPECT_TRUE(change_rate(*trainer, 4e-3, 2e-3).ok());
  train_until(*trainer, 7);
  EXPECT_TRUE(extend(*trainer, 15).ok());
  return trainer;
}

TEST(TrainerSchedule, AChangedRateHoldsFromTheNextStepOn) {
  const Recipe recipe = small_recipe();
  const auto trainer = changed_run();
  train_until(*trainer, 15);
  Recipe changed = recipe;
  changed.lr = 4e-3;
  changed.min_lr = 2e-3;
  Recipe longer = changed;
  longer.steps = 15;
  const std::vector<float>& lr = trainer->history().lr;
  for (int i = 0; i < 15; ++i) {
    SCOPED_TRACE(i);
    const Recipe& in_force = i < 4 ? recipe : i < 7 ? changed : longer;
    EXPECT_EQ(lr[i], static_cast<float>(learning_rate(in_force, i)));
  }
  EXPECT_EQ(recipe_to_json(trainer->recipe()), recipe_to_json(longer));
  ASSERT_EQ(trainer->past_schedules().size(), 2u);
  EXPECT_EQ(trainer->past_schedules()[0].until, 4);
  EXPECT_EQ(trainer->past_schedules()[0].schedule, recipe.changeable());
  EXPECT_EQ(trainer->past_schedules()[1].until, 7);
  EXPECT_EQ(trainer->past_schedules()[1].schedule, changed.changeable());
}

TEST(TrainerSchedule, AChangedRunResumesToTheBit) {
  const auto straight = changed_run();
  train_until(*straight, 15);
  for (const int at : {7, 8, 15}) {
    SCOPED_TRACE(at);
    const auto first = changed_run(test::thread_counts().back());
    train_until(*first, at);
    const auto second = load(first->save());
    train_until(*second, 15);
    EXPECT_EQ(second->fingerprint(), straight->fingerprint());
    EXPECT_EQ(second->save(), straight->save());  // what it was trained by and all
  }
}

// The file's recipe and past schedules are enough to take every step again.
TEST(TrainerSchedule, AChangedRunIsReproducedFromWhatItsFileSays) {
  const auto original = changed_run();
  train_until(*original, 15);
  const auto read = load(original->save());
  Recipe recipe = read->recipe();
  const auto follow = [&](const Schedule& schedule) {
    recipe.steps = schedule.steps;
    recipe.lr = schedule.lr;
    recipe.min_lr = schedule.min_lr;
    recipe.grad_clip = schedule.grad_clip;
  };
  const Schedule last = recipe.changeable();
  follow(read->past_schedules().front().schedule);
  const auto again = start(recipe, read->text());
  for (std::size_t i = 0; i < read->past_schedules().size(); ++i) {
    train_until(*again, read->past_schedules()[i].until);
    const bool is_last = i + 1 == read->past_schedules().size();
    const Schedule& next = is_last ? last : read->past_schedules()[i + 1].schedule;
    ASSERT_TRUE(again->change_schedule(next).ok());
  }
  train_until(*again, 15);
  EXPECT_EQ(again->save(), original->save());
}

std::int64_t columns_of_past(const Trainer& trainer) {
  const std::vector<std::uint8_t> file = trainer.save();
  return parse_checkpoint(file).value().find("history.schedule")->shape.at(1);
}

// So small that the change is seen in every weight; momentum alone shows it, AdamW forgets a scale.
TEST(TrainerSchedule, AChangedClipHoldsFromTheNextStepOnAndIsKept) {
  Recipe recipe = small_recipe();
  recipe.optimizer = "sgd";
  const auto clipped = [&] {
    auto trainer = start(recipe, training_text(60));
    train_until(*trainer, 4);
    Schedule schedule = trainer->recipe().changeable();
    schedule.grad_clip = 1e-3;
    EXPECT_TRUE(trainer->change_schedule(schedule).ok());
    return trainer;
  };
  const auto trainer = clipped();
  const auto before = start(recipe, training_text(60));
  train_until(*before, 4);
  EXPECT_EQ(trainer->fingerprint(), before->fingerprint());
  train_until(*trainer, 12);
  train_until(*before, 12);
  EXPECT_NE(trainer->fingerprint(), before->fingerprint());
  ASSERT_EQ(trainer->past_schedules().size(), 1u);
  EXPECT_EQ(trainer->past_schedules()[0].schedule, recipe.changeable());
  EXPECT_EQ(columns_of_past(*trainer), 5);
  for (const int at : {4, 7}) {
    const auto first = clipped();
    train_until(*first, at);
    const auto second = load(first->save());
    EXPECT_EQ(second->past_schedules().at(0).schedule.grad_clip, recipe.grad_clip);
    train_until(*second, 12);
    EXPECT_EQ(second->save(), trainer->save());
  }
}

TEST(TrainerSchedule, AFileIsAsItWasWhereTheClipNeverChanged) {
  const auto trainer = changed_run();
  EXPECT_EQ(columns_of_past(*trainer), 4);
  EXPECT_EQ(load(trainer->save())->past_schedules()[0].schedule.grad_clip,
            small_recipe().grad_clip);
}

TEST(TrainerSchedule, AScheduleThatNoStepWasTakenByLeavesNoTrace) {
  const auto trainer = start(small_recipe(), training_text(60));
  EXPECT_TRUE(change_rate(*trainer, 2e-3, 1e-3).ok());
  EXPECT_EQ(trainer->recipe().lr, 2e-3);
  EXPECT_TRUE(trainer->past_schedules().empty());
  train_until(*trainer, 2);
  EXPECT_TRUE(change_rate(*trainer, 2e-3, 1e-3).ok());
  EXPECT_TRUE(trainer->past_schedules().empty());
  EXPECT_TRUE(change_rate(*trainer, 5e-3, 1e-3).ok());
  EXPECT_TRUE(change_rate(*trainer, 6e-3, 1e-3).ok());
  EXPECT_EQ(trainer->past_schedules().size(), 1u);
  EXPECT_TRUE(change_rate(*trainer, 2e-3, 1e-3).ok());
  EXPECT_TRUE(trainer->past_schedules().empty());
}

TEST(TrainerSchedule, ARateThatIsNoneIsRefusedAndChangesNothing) {
  const auto trainer = start(small_recipe(), training_text(60));
  train_until(*trainer, 2);
  EXPECT_EQ(change_rate(*trainer, -1, 0).error().where, "lr");
  EXPECT_EQ(change_rate(*trainer, std::nan(""), 0).error().where, "lr");
  EXPECT_EQ(change_rate(*trainer, 1e-3, 2e-3).error().where, "min_lr");
  EXPECT_EQ(trainer->recipe().lr, small_recipe().lr);
  EXPECT_TRUE(trainer->past_schedules().empty());
}

}  // namespace
}  // namespace clearformer
