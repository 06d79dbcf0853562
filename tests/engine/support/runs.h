#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "tests/engine/support/engine_check.h"
#include "tests/engine/support/training_text.h"
#include "train/trainer.h"

// Runs for tests: small, odd, with everything switched on.
namespace clearformer::test {

inline Recipe small_recipe() {
  Recipe recipe;
  recipe.n_layer = 2;
  recipe.n_head = 3;
  recipe.n_embd = 15;
  recipe.block_size = 11;
  recipe.bias = true;
  recipe.batch_size = 3;
  recipe.grad_accum_steps = 2;
  recipe.steps = 12;
  recipe.lr = 1e-2;
  recipe.min_lr = 1e-3;
  recipe.warmup_steps = 3;
  recipe.dropout = 0.1;
  recipe.seed = 5;
  recipe.eval_every = 5;
  recipe.eval_batches = 2;
  return recipe;
}

inline std::unique_ptr<Trainer> start(const Recipe& recipe, std::string text,
                                      Arithmetic arithmetic = Arithmetic::strict,
                                      int n_threads = 1) {
  auto made = Trainer::create(recipe, std::move(text),
                              {.pool = pool_of(n_threads), .arithmetic = arithmetic});
  if (!made.ok()) ADD_FAILURE() << made.error().message;
  return made.ok() ? std::move(made.value()) : nullptr;
}

inline std::unique_ptr<Trainer> load(const std::vector<std::uint8_t>& file, int n_threads = 1) {
  auto made = Trainer::load(file, {.pool = pool_of(n_threads)});
  if (!made.ok()) ADD_FAILURE() << made.error().message;
  return made.ok() ? std::move(made.value()) : nullptr;
}

inline EvalProgress evaluate(Trainer& trainer) {
  trainer.begin_evaluation();
  for (;;)
    if (const EvalProgress progress = trainer.continue_evaluation(); progress.done) return progress;
}

// Steps and the evaluations that are due on the way, those at `step` included.
inline void train_until(Trainer& trainer, std::int64_t step) {
  for (;;) {
    if (trainer.evaluation_due()) evaluate(trainer);
    if (trainer.steps_done() >= step) return;
    const Result<StepResult> result = trainer.step();
    ASSERT_TRUE(result.ok()) << result.error().message;
  }
}

// That a run saved after any step and loaded elsewhere ends as one that never rested.
inline void expect_resumes_to_the_bit(const Recipe& recipe) {
  const auto straight = start(recipe, training_text(60));
  train_until(*straight, recipe.steps);
  const std::vector<std::uint8_t> expected = straight->save();
  for (int at = 0; at <= recipe.steps; ++at) {
    SCOPED_TRACE(at);
    const auto first = start(recipe, training_text(60), Arithmetic::strict,
                             thread_counts()[at % thread_counts().size()]);
    train_until(*first, at);
    const auto second = load(first->save(), thread_counts().back());
    EXPECT_EQ(second->fingerprint(), first->fingerprint());
    train_until(*second, recipe.steps);
    EXPECT_EQ(second->fingerprint(), straight->fingerprint());
    EXPECT_EQ(second->save(), expected);  // history and all
  }
}

}  // namespace clearformer::test
