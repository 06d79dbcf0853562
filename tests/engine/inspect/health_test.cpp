// A run's health against the step that it takes: norms, entropies and units of the very batch and
// update, and that nothing reaches the run.
#include "inspect/health.h"

#include <gtest/gtest.h>

#include <cmath>

#include "inspect/inspector.h"
#include "inspect/run_copy.h"
#include "tests/engine/inspect/run_files.h"

namespace clearformer {
namespace {

using test::Bytes;

std::unique_ptr<Trainer> copied(const Bytes& run, int n_threads = 1) {
  auto copy = copy_run(run, test::pool_of(n_threads));
  if (!copy.ok()) ADD_FAILURE() << copy.error().message;
  return copy.ok() ? std::move(copy.value()) : nullptr;
}

Health examined(Trainer& copy, int n_threads = 1) {
  auto health = examine(copy, test::pool_of(n_threads));
  if (!health.ok()) ADD_FAILURE() << health.error().message;
  return health.ok() ? health.value() : Health{};
}

Health health_of(const Bytes& run, int n_threads = 1) {
  const auto copy = copied(run, n_threads);
  return copy ? examined(*copy, n_threads) : Health{};
}

std::vector<float> weights_of(const Trainer& run) {
  return {run.parameters().begin(), run.parameters().end()};
}

std::unique_ptr<Trainer> trained(const Recipe& recipe, int steps) {
  auto run = test::start(recipe, test::training_text(60));
  test::train_until(*run, steps);
  return run;
}

// Every optimizer, and adapters alone.
std::vector<Recipe> recipes() {
  std::vector<Recipe> all;
  for (const char* const optimizer : {"adamw", "muon", "sgd"}) {
    all.push_back(test::small_recipe());
    all.back().optimizer = optimizer;
  }
  all.push_back(test::small_recipe());
  all.back().lora_rank = 2;
  return all;
}

double norm_of(std::span<const double> numbers) {
  double squares = 0;
  for (const double x : numbers) squares += x * x;
  return std::sqrt(squares);
}

// Squares, their sum and the root each round once: so many roundings of 2^-53 on either side.
double tolerance(double norm, std::int64_t size) {
  return 2 * static_cast<double>(size + 2) * 0x1p-53 * norm;
}

TEST(Health, UpdatesAreTheNextStepsToTheBit) {
  for (const Recipe& recipe : recipes()) {
    SCOPED_TRACE(recipe_to_json(recipe));
    const auto run = trained(recipe, 5);
    const auto copy = copied(run->save());
    const Health health = examined(*copy);
    const std::vector<float> before = weights_of(*run);
    const Result<StepResult> step = run->step();
    ASSERT_TRUE(step.ok());
    const std::vector<float> after = weights_of(*run);

    test::expect_same_bits("weights", weights_of(*copy), after);
    EXPECT_EQ(health.step, 5);
    EXPECT_EQ(health.loss, step.value().loss);
    EXPECT_EQ(health.lr, step.value().lr);
    EXPECT_EQ(health.grad_norm, step.value().grad_norm);
    EXPECT_EQ(health.problem, "");
    std::int64_t at = 0;
    const std::vector<ParameterInfo> list = parameter_list(run->config());
    ASSERT_EQ(health.tensors.size(), list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
      const TensorHealth& tensor = health.tensors[i];
      EXPECT_EQ(tensor.name, list[i].name);
      EXPECT_EQ(tensor.size, list[i].size());
      std::vector<double> weights, updates;
      for (std::int64_t end = at + tensor.size; at < end; ++at) {
        weights.push_back(before[at]);
        updates.push_back(static_cast<double>(after[at]) - static_cast<double>(before[at]));
      }
      const double weight = norm_of(weights), update = norm_of(updates);
      EXPECT_NEAR(tensor.weight, weight, tolerance(weight, tensor.size)) << tensor.name;
      EXPECT_NEAR(tensor.update, update, tolerance(update, tensor.size)) << tensor.name;
      // What LoRA holds still begins at 0, and stays.
      EXPECT_EQ(std::isfinite(tensor.ratio()), weight > 0) << tensor.name;
      EXPECT_EQ(update > 0, recipe.lora_rank == 0 || list[i].in_block()) << tensor.name;
    }
  }
}

// After the first step AdamW's mean of the gradient is (1 - beta1) of it, clipped: two float
// products, and 1 - beta1 and the scale are each rounded.
TEST(Health, GradientsAreTheOptimizers) {
  const auto run = trained(test::small_recipe(), 0);
  const Health health = health_of(run->save());
  ASSERT_TRUE(run->step().ok());
  const Bytes saved = run->save();
  const Checkpoint file = test::parsed(saved);
  double squares = 0;
  for (const TensorHealth& tensor : health.tensors) {
    const std::vector<float> mean = test::floats_of(file, "adam.m." + tensor.name);
    const double factor = health.scale * (1 - run->recipe().beta1);
    const double expected = norm_of(std::vector<double>(mean.begin(), mean.end())) / factor;
    EXPECT_NEAR(tensor.gradient, expected, 5 * 0x1p-24 * expected) << tensor.name;
    EXPECT_GT(tensor.gradient, 0) << tensor.name;
    squares += tensor.gradient * tensor.gradient;
  }
  // The engine sums squares of 16 lanes in float, piece by piece.
  EXPECT_NEAR(std::sqrt(squares), health.grad_norm, 1e-5 * health.grad_norm);
  EXPECT_LE(health.scale, 1);
}

TEST(Health, IsTheSameWithAnyNumberOfThreads) {
  const Bytes run = trained(test::small_recipe(), 3)->save();
  const std::string expected = health_to_json(health_of(run));
  for (const int n_threads : test::thread_counts())
    EXPECT_EQ(health_to_json(health_of(run, n_threads)), expected) << n_threads;
}

TEST(Health, OfARunThatIsDoneIsThatOfOneStepMore) {
  Recipe recipe = test::small_recipe();
  const auto run = trained(recipe, recipe.steps);
  ASSERT_TRUE(run->done());
  const auto copy = copied(run->save());
  const Health health = examined(*copy);
  EXPECT_EQ(health.step, recipe.steps);
  EXPECT_EQ(copy->steps_done(), recipe.steps + 1);
  ASSERT_TRUE(
      run->change_schedule({recipe.steps + 1, recipe.lr, recipe.min_lr, recipe.grad_clip}).ok());
  ASSERT_TRUE(run->step().ok());
  EXPECT_EQ(copy->fingerprint(), run->fingerprint());
}

// The batch's passages, read by the inspector as a person would have it read them.
TEST(Health, EntropyIsThatOfTheInspectorsRows) {
  Recipe recipe = test::small_recipe();
  recipe.position = "rotary";
  recipe.n_embd = 18;
  recipe.n_kv_head = 1;
  const auto run = trained(recipe, 7);
  const auto copy = copied(run->save());
  const Health health = examined(*copy);
  ASSERT_EQ(health.passages, 3);
  ASSERT_EQ(health.T, 11);
  ASSERT_EQ(health.heads.size(), 6u);
  auto inspector = Inspector::open(run->save(), test::pool_of(1));
  ASSERT_TRUE(inspector.ok());
  std::vector<double> entropy(6), fraction(6);
  for (int b = 0; b < 3; ++b) {
    const std::span<const Token> passage = copy->batch().subspan(b * 11, 11);
    ASSERT_TRUE(inspector.value()->read(copy->tokenizer().decode(passage)).ok());
    for (int i = 0; i < 6; ++i) {
      const std::vector<float> rows = inspector.value()->attention(i / 3, i % 3);
      for (int t = 1; t < 11; ++t) {
        double nats = 0;
        for (int s = 0; s <= t; ++s)
          if (const double p = rows[t * 11 + s]; p > 0) nats -= p * std::log(p);
        entropy[i] += nats / 30;
        fraction[i] += nats / std::log(t + 1) / 30;
      }
    }
  }
  for (int i = 0; i < 6; ++i) {
    const HeadHealth& head = health.heads[i];
    EXPECT_EQ(head.layer, i / 3);
    EXPECT_EQ(head.head, i % 3);
    // Our logarithm is good to 1e-16; some 500 terms of at most ln 11 are summed.
    EXPECT_NEAR(head.entropy, entropy[i], 1e-13);
    EXPECT_NEAR(head.fraction, fraction[i], 1e-13);
    EXPECT_GT(head.fraction, 0);
    EXPECT_LE(head.fraction, 1 + 1e-6);
  }
}

TEST(Health, LooksAtABoundedPartOfALargeBatch) {
  Recipe recipe = test::small_recipe();
  recipe.n_layer = 1;
  recipe.block_size = 300;
  recipe.batch_size = 18;
  recipe.grad_accum_steps = 1;
  recipe.val_fraction = 0;
  const auto run = test::start(recipe, test::training_text(40));
  const Health health = health_of(run->save());
  EXPECT_EQ(health.T, 256);
  EXPECT_EQ(health.passages, 16);
}

// A single position has nothing to spread over.
TEST(Health, WithoutASecondPositionThereIsNoEntropy) {
  Recipe recipe = test::small_recipe();
  recipe.block_size = 1;
  const Health health = health_of(test::start(recipe, test::training_text(40))->save());
  EXPECT_TRUE(std::isnan(health.heads[0].entropy));
  EXPECT_NE(health_to_json(health).find("\"entropy\":null,\"fraction\":null"), std::string::npos);
}

// Units whose bias holds them far below every threshold.
TEST(Health, FindsTheUnitsThatAreDead) {
  for (const char* const activation : {"gelu", "relu2", "swiglu"}) {
    SCOPED_TRACE(activation);
    Recipe recipe = test::small_recipe();
    recipe.activation = activation;
    const Bytes run = trained(recipe, 0)->save();
    const Health alive = health_of(run);
    ASSERT_EQ(alive.mlps.size(), 2u);
    EXPECT_EQ(alive.mlps[1].dead, 0);  // of random weights
    const Bytes crafted =
        test::with_numbers(run, "h.1.mlp.c_fc.bias", [](std::vector<float>& bias) {
          for (const int unit : {2, 3, 17}) bias[unit] = -1000;
          bias[5] = -2;  // quiet, not dead
        });
    const Health health = health_of(crafted);
    EXPECT_EQ(health.mlps[0].dead, 0);
    EXPECT_EQ(health.mlps[1].dead, std::string(activation) == "relu2" ? 4 : 3);
    EXPECT_EQ(health.mlps[1].units, recipe.model_config(20).n_inner());
    const double least = 3.0 / static_cast<double>(health.mlps[1].units);
    EXPECT_GE(health.mlps[1].zeros, std::string(activation) == "swiglu" ? 0 : least);
  }
}

// A smooth unit is dead by the size of its layer's largest output, not by its own.
TEST(Health, ASmoothUnitIsDeadWhereRoundingSwallowsIt) {
  const Bytes run = trained(test::small_recipe(), 4)->save();
  const auto dead_at = [&](float bias) {
    return health_of(test::with_numbers(run, "h.0.mlp.c_fc.bias",
                                        [&](std::vector<float>& b) { b[7] = bias; }))
        .mlps[0]
        .dead;
  };
  // gelu(-4) is -7e-5, gelu(-9) below 1e-17; inputs before the bias are of size 1.
  EXPECT_EQ(dead_at(-4), 0);
  EXPECT_EQ(dead_at(-9), 1);
}

TEST(Health, AStepThatCannotBeTakenSaysWhy) {
  const Bytes run = trained(test::small_recipe(), 4)->save();
  const Bytes broken = test::with_numbers(
      run, "h.1.mlp.c_proj.weight", [](std::vector<float>& numbers) { numbers[0] = INFINITY; });
  const Health health = health_of(broken);
  EXPECT_EQ(health.problem, "At step 5 a number is not finite, first in h.1.mlp.c_proj.weight.");
  EXPECT_TRUE(std::isnan(health.tensors[0].update));
  EXPECT_GT(health.tensors[0].weight, 0);

  auto alone = copy_run(test::model_of(run, false), test::pool_of(1));
  ASSERT_TRUE(alone.ok());
  const Result<Health> refused = examine(*alone.value(), test::pool_of(1));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, "state");
}

TEST(Health, AFileThatIsNoRunIsRefused) {
  const Bytes run = trained(test::small_recipe(), 4)->save();
  const auto error = copy_run(std::span(run).first(run.size() / 2), test::pool_of(1));
  ASSERT_FALSE(error.ok());
  EXPECT_EQ(error.error().code, "file");
}

}  // namespace
}  // namespace clearformer
