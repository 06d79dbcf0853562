#include "train/memory.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/engine/support/allocations.h"
#include "tests/engine/support/runs.h"

namespace clearformer {
namespace {

constexpr const char* kOptimizers[] = {"adamw", "muon", "sgd"};

void expect_allocated_as_planned(const Recipe& recipe) {
  for (const int n_threads : test::thread_counts()) {
    const ModelConfig config = recipe.model_config(29);
    const MemoryPlan plan = plan_memory(recipe, config, 0, 0, n_threads);
    Arena arena;
    RunMemory memory{};
    ASSERT_TRUE(allocate_run(arena, memory, recipe, config, n_threads));
    EXPECT_EQ(arena.used(), arena.size());
    std::int64_t outside = 0;  // not in the arena: the decoder's own
    for (const Buffer& buffer : plan.buffers)
      if (std::string_view(buffer.name) == "decoder") outside += buffer.bytes;
    EXPECT_GT(outside, 0);
    EXPECT_EQ(arena.size(), plan.total() - outside);
  }
}

TEST(Memory, WhatIsAllocatedIsWhatWasPlanned) {
  for (const char* const optimizer : kOptimizers) {
    Recipe recipe = test::small_recipe();
    recipe.optimizer = optimizer;
    expect_allocated_as_planned(recipe);
  }
}

// By hand: AdamW remembers two numbers of each parameter, the others one; Muon two of those that
// are AdamW's: 29 rows and 11 positions of 15, two blocks' vectors, and the last norm.
TEST(Memory, AnOptimizerTakesWhatItRemembers) {
  Recipe recipe = test::small_recipe();
  const ModelConfig config = recipe.model_config(29);
  const std::int64_t all = parameter_count(config), C = 15;
  const std::int64_t vectors = 2 * (2 * 2 * C + 3 * C + C + 4 * C + C) + 2 * C;
  const std::int64_t by_adam = (29 + 11) * C + vectors;
  for (const auto& [optimizer, numbers] :
       {std::pair{"adamw", 2 * all}, {"muon", all + by_adam}, {"sgd", all}}) {
    recipe.optimizer = optimizer;
    const MemoryPlan plan = plan_memory(recipe, config, 0, 0, 1);
    const std::int64_t bytes = plan.bytes(MemoryKind::optimizer);
    EXPECT_GE(bytes, 4 * numbers) << optimizer;
    EXPECT_LT(bytes, 4 * numbers + 3 * Arena::kAlignment) << optimizer;
  }
}

// What a run takes besides its plan: the run itself, names, settings, the list of its parameters.
constexpr std::int64_t kUnplanned = 16 * 1024;

TEST(Memory, ARunTakesWhatItsPlanSays) {
#ifdef CLEARFORMER_SANITIZE
  GTEST_SKIP() << "A sanitizer counts the arena as well, which is not of operator new.";
#endif
  Recipe recipe;
  recipe.batch_size = 5;
  const std::string grown = test::training_text(40'000);
  std::string text(grown.data(), grown.size());  // no room to spare
  const std::int64_t before = test::live_bytes() - static_cast<std::int64_t>(text.capacity());
  const auto trainer = test::start(recipe, std::move(text));
  trainer->generator();
  const MemoryPlan plan = trainer->memory_plan();
  std::int64_t in_arena = 0;
  for (const Buffer& buffer : plan.buffers)
    if (buffer.name != "decoder" && buffer.name != "text") in_arena += buffer.bytes;
  const std::int64_t outside = plan.total() - in_arena;
  EXPECT_GT(outside, 1'000'000);
  EXPECT_GE(test::live_bytes() - before, outside);
  EXPECT_LE(test::live_bytes() - before, outside + kUnplanned);
}

TEST(Memory, AStepAllocatesNothing) {
  for (const char* const optimizer : kOptimizers) {
    for (const int n_threads : test::thread_counts()) {
      Recipe recipe = test::small_recipe();
      recipe.optimizer = optimizer;
      const auto trainer =
          test::start(recipe, test::training_text(60), Arithmetic::strict, n_threads);
      test::train_until(*trainer, 5);  // the history has grown to hold eight
      const std::int64_t before = test::allocation_count();
      for (int i = 0; i < 3; ++i) ASSERT_TRUE(trainer->step().ok());
      EXPECT_EQ(test::allocation_count(), before) << optimizer;
    }
  }
}

// Far less than keeping everything, at nanoGPT's recipe for a CPU.
TEST(Memory, ActivationsAreAQuarterOfATapeAtMost) {
  for (const int n_threads : {1, 2}) {
    const Recipe recipe;
    const ModelConfig config = recipe.model_config(65);
    const MemoryPlan plan = plan_memory(recipe, config, 0, 0, n_threads);
    EXPECT_LE(4 * (plan.bytes(MemoryKind::activations) + plan.bytes(MemoryKind::scratch)),
              tape_bytes(recipe, config));
  }
}

// By hand: a row of one layer is ln_1 C, qkv 3C, weights n_head T, heads C, projection C, residual
// C, ln_2 C, fc 4C, GELU 4C, projection C, residual C, with their gradients, and four statistics;
// then embedding C, ln_f C and V logits with theirs, and statistics, V probabilities and the loss.
TEST(Memory, ATapeHoldsEveryActivation) {
  Recipe recipe = test::small_recipe();
  recipe.dropout = 0;
  const std::int64_t C = 15, T = 11, V = 29, rows = 3 * T, layers = 2, heads = 3;
  const std::int64_t floats =
      rows * (layers * (2 * (18 * C + heads * T) + 4) + 2 * (2 * C + V) + 2 + V + 1);
  EXPECT_EQ(tape_bytes(recipe, recipe.model_config(V)), 4 * floats);
}

TEST(Memory, EveryBufferHasANameOfItsOwnAndAReason) {
  const MemoryPlan plan =
      plan_memory(test::small_recipe(), test::small_recipe().model_config(29), 100, 90, 1);
  std::set<std::string> names;
  std::int64_t total = 0;
  for (const Buffer& buffer : plan.buffers) {
    EXPECT_TRUE(names.insert(buffer.name).second) << buffer.name;
    EXPECT_FALSE(buffer.why.empty()) << buffer.name;
    total += buffer.bytes;
  }
  EXPECT_EQ(plan.total(), total);
  std::int64_t by_kind = 0;
  for (const MemoryKind kind : kMemoryKinds) by_kind += plan.bytes(kind);
  EXPECT_EQ(by_kind, total);
}

// Never a T x T matrix: what a passage adds is the same for each of its tokens.
TEST(Memory, ActivationsGrowLinearlyWithTheContext) {
  const auto activations = [](int block_size) {
    Recipe recipe;
    recipe.block_size = block_size;
    const MemoryPlan plan = plan_memory(recipe, recipe.model_config(65), 0, 0, 1);
    return plan.bytes(MemoryKind::activations);
  };
  EXPECT_EQ(activations(2048) - activations(1024), activations(3072) - activations(2048));
}

TEST(Memory, ALimitIsNamedWithWhatIsNeeded) {
  const MemoryPlan plan{{{"a", MemoryKind::text, 5'000'000, ""}}};
  EXPECT_TRUE(check_memory(plan, 5'000'000).ok());
  const Status status = check_memory(plan, 4'999'999);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, "memory");
  EXPECT_NE(status.error().message.find("needs 5 MB"), std::string::npos);
  EXPECT_NE(status.error().message.find("at most 4 MB"), std::string::npos);
}

}  // namespace
}  // namespace clearformer
