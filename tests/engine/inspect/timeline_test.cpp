#include "inspect/timeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "inspect/schedule.h"
#include "tests/engine/support/architectures.h"
#include "tests/engine/support/runs.h"
#include "train/lora.h"

namespace clearformer {
namespace {

std::vector<Recipe> recipes() {
  std::vector<Recipe> all;
  for (Recipe recipe : test::architectures())
    for (const double dropout : {0.0, 0.2}) {
      recipe.dropout = dropout;
      all.push_back(recipe);
    }
  for (const char* const optimizer : {"muon", "sgd"})
    for (const int rank : {0, 3}) {
      Recipe recipe = test::small_shape();
      recipe.optimizer = optimizer;
      recipe.lora_rank = rank;
      all.push_back(recipe);
    }
  return all;
}

// The schedule says what runs; the engine's own profile of a step says what did.
TEST(Timeline, ItsOpsAreThoseOfAProfiledStep) {
  const std::string text = test::training_text(20);
  for (Recipe recipe : recipes()) {
    SCOPED_TRACE(recipe_to_json(recipe));
    recipe.steps = 2;
    recipe.eval_batches = 1;
    const auto trainer = test::start(recipe, text);
    Profile profile;
    ASSERT_TRUE(trainer->step(&profile).ok());
    std::map<std::string, std::int64_t> ran, scheduled;
    for (const OpTime& op : profile.ops()) ran[op.op] = op.calls;
    ran.erase("zero_gradient");
    const Timeline timeline = plan_timeline(recipe, trainer->config(), 1);
    for (const Moment& moment : timeline.moments) {
      // The table of angles is not timed, and each parameter is updated by itself.
      if (moment.op == "rotary_table") continue;
      const bool update = moment.phase == Moment::Phase::update;
      // Dropping a gradient is dropping, and timed as such.
      const bool drops = moment.op == "dropout_backward";
      scheduled[drops ? "dropout_forward" : moment.op] += update ? 1 : timeline.passes;
    }
    ASSERT_EQ(timeline.passes, 1);
    std::int64_t updates = 0;
    for (auto& [op, calls] : ran) {
      if (op.ends_with("_update")) updates += std::exchange(calls, 1);
      if (op.starts_with("lora_")) calls = 1;  // each matrix by itself
    }
    EXPECT_EQ(updates, static_cast<std::int64_t>(trained_list(recipe, trainer->config()).size()));
    EXPECT_EQ(scheduled, ran);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Timeline, WhatIsReservedIsWhatThePlanTakes) {
  for (const Recipe& recipe : recipes()) {
    SCOPED_TRACE(recipe_to_json(recipe));
    const ModelConfig config = recipe.model_config(29);
    const Timeline timeline = plan_timeline(recipe, config, 2);
    Arena arena;
    RunMemory memory{};
    ASSERT_TRUE(allocate_run(arena, memory, recipe, config, 2));
    ASSERT_EQ(timeline.reserved, arena.size());
    std::int64_t reserved = 0;
    std::vector<std::int64_t> alive(timeline.moments.size());
    for (const Span& span : timeline.spans) {
      reserved += span.buffer.bytes;
      ASSERT_FALSE(span.alive.empty()) << span.buffer.name << " is planned and never used";
      int before = -1;
      for (const auto& [from, to] : span.alive) {
        ASSERT_LT(before, from) << span.buffer.name;  // a buffer is one thing at a time
        ASSERT_LE(from, to);
        for (int i = from; i <= to; ++i) alive[i] += span.buffer.bytes;
        before = to;
      }
    }
    ASSERT_EQ(reserved, timeline.reserved);
    for (std::size_t i = 0; i < alive.size(); ++i) ASSERT_EQ(alive[i], timeline.moments[i].alive);
    ASSERT_EQ(timeline.peak, *std::max_element(alive.begin(), alive.end()));
    ASSERT_LE(timeline.peak, timeline.reserved);
    ASSERT_EQ(timeline.tape, tape_bytes(recipe, config));
  }
}

// Every name in the schedule is a buffer of the plan, or one that this architecture does without.
TEST(Timeline, TheScheduleNamesThePlansBuffers) {
  for (const Recipe& recipe : recipes()) {
    const ModelConfig config = recipe.model_config(29);
    std::set<std::string> planned, lasting, named;
    for (const Span& span : plan_timeline(recipe, config, 1).spans) {
      planned.insert(span.buffer.name);
      // What lasts from step to step is there anyway: an optimizer's state.
      if (span.buffer.lifetime == Lifetime::run) lasting.insert(span.buffer.name);
    }
    for (const ScheduledOp& op : schedule_step(recipe, config))
      for (const auto* names : {&op.reads, &op.writes}) named.insert(names->begin(), names->end());
    for (const std::string& name : named)
      EXPECT_TRUE(planned.contains(name) || name.ends_with(".mean")) << name;
    for (const std::string& name : planned)
      EXPECT_TRUE(named.contains(name) || lasting.contains(name)) << name;
  }
}

// A kept activation lives from its block's forward to its backward; the last block's are first to
// go, and forward ends with all of them.
TEST(Timeline, ActivationsLiveFromForwardToBackward) {
  Recipe recipe = test::small_shape();
  recipe.n_layer = 3;
  const Timeline timeline = plan_timeline(recipe, recipe.model_config(29), 1);
  const auto moment = [&](Moment::Phase phase, std::string_view op, std::string_view what) {
    for (std::size_t i = 0; i < timeline.moments.size(); ++i) {
      const Moment& m = timeline.moments[i];
      if (m.phase == phase && m.op == op && m.what == what) return static_cast<int>(i);
    }
    return -1;
  };
  for (const Span& span : timeline.spans)
    for (int l = 0; l < 3; ++l) {
      const std::string at = "h." + std::to_string(l) + ".";
      const std::pair expected(moment(Moment::Phase::forward, "linear_forward", at + "mlp.c_fc"),
                               moment(Moment::Phase::backward, "activation_backward", at + "mlp"));
      if (span.buffer.name == at + "mlp.fc") {
        EXPECT_EQ(span.alive, (std::vector{expected})) << l;
      }
    }
}

// What is filled is needed later, but for what an op works with alone and what only the caller
// reads.
TEST(Timeline, NothingIsFilledForNothing) {
  const std::set<std::string> alone = {"op_scratch", "losses",       "norm_partials",
                                       "heads.rstd", "lora_scratch", "optimizer_scratch"};
  for (const Recipe& recipe : recipes()) {
    SCOPED_TRACE(recipe_to_json(recipe));
    for (const Span& span : plan_timeline(recipe, recipe.model_config(29), 1).spans)
      for (const auto& [from, to] : span.alive)
        ASSERT_TRUE(from < to || alone.contains(span.buffer.name)) << span.buffer.name;
  }
}

// A batch of several groups has their gradient from the beginning.
TEST(Timeline, TellsOfTheLastOfAllGroups) {
  Recipe recipe = test::small_shape();
  recipe.block_size = 200;
  recipe.batch_size = 5;
  recipe.grad_accum_steps = 3;
  const ModelConfig config = recipe.model_config(29);
  const Timeline timeline = plan_timeline(recipe, config, 1);
  EXPECT_EQ(timeline.passes, 15);
  for (const Span& span : timeline.spans)
    if (span.buffer.kind == MemoryKind::gradients) {
      EXPECT_EQ(span.alive[0].first, 0);
    }
}

}  // namespace
}  // namespace clearformer
