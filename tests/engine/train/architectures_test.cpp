// Every architecture as a run: its gradient check, its bits, its file, its memory.
#include "tests/engine/support/architectures.h"

#include <gtest/gtest.h>

#include "tests/engine/support/allocations.h"
#include "tests/engine/support/runs.h"
#include "train/compact_model.h"
#include "train/gradient_check.h"

namespace clearformer {
namespace {

// Runs of three steps, the first two before a rest, with dropout.
Recipe short_run(Recipe recipe) {
  recipe.steps = 3;
  recipe.dropout = 0.1;
  recipe.lr = 1e-2;
  recipe.warmup_steps = 0;
  recipe.eval_batches = 1;
  return recipe;
}

TEST(Architectures, PassTheGradientCheck) {
  for (Recipe recipe : test::architectures()) {
    SCOPED_TRACE(recipe_to_json(recipe));
    recipe.dropout = 0.2;
    for (const Arithmetic arithmetic : test::arithmetics()) {
      const auto report = [](const TensorCheck& check) {
        EXPECT_TRUE(check.pass) << check.name << " " << check.max_relative_error << " of "
                                << check.tolerance << ", " << check.reference_relative_error;
      };
      const auto result = check_gradients(recipe, 7, test::pool_of(1), arithmetic, report);
      ASSERT_TRUE(result.ok()) << result.error().message;
      ASSERT_TRUE(result.value().pass);
    }
  }
}

// With one thread or several, straight or by way of a file; and the model alone can write.
TEST(Architectures, KeepTheirBits) {
  const std::string text = test::training_text(20);
  for (const Recipe& architecture : test::architectures()) {
    const Recipe recipe = short_run(architecture);
    SCOPED_TRACE(recipe_to_json(recipe));
    std::string straight;
    for (const int n_threads : test::thread_counts()) {
      const auto run = test::start(recipe, text, Arithmetic::strict, n_threads);
      test::train_until(*run, recipe.steps);
      if (straight.empty()) straight = run->fingerprint();
      ASSERT_EQ(run->fingerprint(), straight) << "threads: " << n_threads;
    }
    const auto first = test::start(recipe, text);
    test::train_until(*first, 2);
    ASSERT_NE(first->fingerprint(), straight);
    const auto resumed = test::load(first->save());
    ASSERT_NE(resumed, nullptr);
    EXPECT_EQ(recipe_to_json(resumed->recipe()), recipe_to_json(recipe));
    test::train_until(*resumed, recipe.steps);
    ASSERT_EQ(resumed->fingerprint(), straight);

    const auto packed = pack_compact_model(*first);
    ASSERT_TRUE(packed.ok()) << packed.error().message;
    const auto model = CompactModel::load(packed.value(), test::pool_of(1));
    ASSERT_TRUE(model.ok()) << model.error().message;
    ASSERT_TRUE(model.value()->generator().begin("the", {}).ok());
    for (int i = 0; i < 2 * recipe.block_size; ++i) model.value()->generator().next();
  }
}

// To the byte; and a step takes nothing.
TEST(Architectures, TakeTheMemoryThatIsPlanned) {
  const std::string text = test::training_text(20);
  for (const Recipe& architecture : test::architectures()) {
    Recipe recipe = short_run(architecture);
    recipe.steps = 4;
    SCOPED_TRACE(recipe_to_json(recipe));
    const ModelConfig config = recipe.model_config(29);
    Arena arena;
    RunMemory memory{};
    ASSERT_TRUE(allocate_run(arena, memory, recipe, config, 1));
    ASSERT_EQ(arena.used(), arena.size());
    const Parameters<float> parameters = slice_parameters(config, memory.parameters);
    const std::int64_t before = test::live_bytes();
    const Decoder decoder(config, parameters, test::pool_of(1), Arithmetic::strict);
    ASSERT_EQ(test::live_bytes() - before, Decoder::bytes(config));
    ASSERT_EQ(plan_memory(recipe, config, 0, 0, 1).total(), arena.size() + Decoder::bytes(config));

    const auto trainer = test::start(recipe, text);
    test::train_until(*trainer, 3);  // the history has grown to hold four
    const std::int64_t allocations = test::allocation_count();
    ASSERT_TRUE(trainer->step().ok());
    ASSERT_EQ(test::allocation_count(), allocations);
  }
}

}  // namespace
}  // namespace clearformer
