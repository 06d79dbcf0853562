#include "train/memory.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/engine/support/runs.h"

namespace clearformer {
namespace {

TEST(Memory, WhatIsAllocatedIsWhatWasPlanned) {
  for (const int n_threads : test::thread_counts()) {
    const Recipe recipe = test::small_recipe();
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

TEST(Memory, EveryBufferHasANameOfItsOwnAndAReason) {
  const MemoryPlan plan =
      plan_memory(test::small_recipe(), test::small_recipe().model_config(29), 100, 90, 1);
  std::set<std::string> names;
  std::int64_t total = 0;
  for (const Buffer& buffer : plan.buffers) {
    EXPECT_TRUE(names.insert(buffer.name).second) << buffer.name;
    EXPECT_FALSE(std::string_view(buffer.why).empty()) << buffer.name;
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
