#include "train/divergence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "io/checkpoint.h"
#include "tests/engine/support/runs.h"
#include "train/optimizer.h"
#include "train/trainer.h"

// A number that is none is met in the step in which it comes up, and nothing is lost by it.
namespace clearformer {
namespace {

using test::load;
using test::small_recipe;
using test::start;
using test::train_until;
using test::training_text;
using What = Divergence::What;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

using Change = std::function<void(std::vector<float>&)>;

// The run's file with other numbers in one tensor, and a checksum that fits.
std::vector<std::uint8_t> with_numbers(const std::vector<std::uint8_t>& file,
                                       const std::string& name, const Change& change) {
  Result<Checkpoint> parsed = parse_checkpoint(file);
  EXPECT_TRUE(parsed.ok());
  std::vector<float> numbers;
  for (NamedTensor& tensor : parsed.value().tensors) {
    if (tensor.name != name) continue;
    numbers.resize(tensor.bytes.size() / sizeof(float));
    std::copy_n(tensor.bytes.data(), tensor.bytes.size(),
                reinterpret_cast<std::uint8_t*>(numbers.data()));
    change(numbers);
    tensor = make_tensor(tensor.name, tensor.shape, std::span<const float>(numbers));
  }
  EXPECT_FALSE(numbers.empty()) << "no tensor " << name;
  return serialize_checkpoint(parsed.value());
}

Change all(float value) {
  return [value](std::vector<float>& numbers) { std::fill(numbers.begin(), numbers.end(), value); };
}
Change one(float value) {
  return [value](std::vector<float>& numbers) { numbers[numbers.size() / 2] = value; };
}

// A file of a run after three steps.
std::vector<std::uint8_t> three_steps(const Recipe& recipe = small_recipe(),
                                      Arithmetic arithmetic = Arithmetic::strict) {
  const auto trainer = start(recipe, training_text(60), arithmetic);
  train_until(*trainer, 3);
  return trainer->save();
}

// That the next step of a file is not taken, and that all is as before it; what was found.
Divergence expect_stops(const std::vector<std::uint8_t>& file, int n_threads = 1) {
  const auto trainer = load(file, n_threads);
  const std::vector<std::uint8_t> before = trainer->save();
  const Result<StepResult> step = trainer->step();
  EXPECT_FALSE(step.ok());
  EXPECT_EQ(step.error().code, "diverged");
  EXPECT_EQ(step.error().where, trainer->divergence().tensor);
  EXPECT_EQ(trainer->steps_done(), 3);
  EXPECT_EQ(trainer->save(), before);  // weights, moments, history: to the bit
  EXPECT_EQ(trainer->divergence().step, 4);
  // Nor does it get through the second time.
  EXPECT_FALSE(trainer->step().ok());
  EXPECT_EQ(trainer->save(), before);
  return trainer->divergence();
}

TEST(Divergence, ALossIsFoundInTheFirstActivation) {
  struct Case {
    const char *weight, *tensor;
    float value;
    double least;  // of the largest number before
  };
  // A weight of the largest size, and where that overflows.
  for (const auto& [weight, tensor, value, least] : std::vector<Case>{
           {"wte.weight", "h.0.ln_1.mean", 3e38f, 1e38},
           {"h.0.attn.c_attn.weight", "h.0.attn.softmax_rows", 1e37f, 1e35},
           {"h.1.attn.c_proj.bias", "h.1.ln_2.mean", 3e38f, 1e38},
           {"h.1.mlp.c_proj.weight", "residual_final", 3e38f, 1e-3},
           {"h.1.mlp.c_proj.bias", "ln_f.mean", 3e38f, 1e38},
           {"ln_f.weight", "losses", 3e38f, 1e-3},
       }) {
    SCOPED_TRACE(weight);
    for (const int n_threads : test::thread_counts()) {
      const Divergence found =
          expect_stops(with_numbers(three_steps(), weight, all(value)), n_threads);
      EXPECT_EQ(found.what, What::loss);
      EXPECT_EQ(found.tensor, tensor);
      EXPECT_FALSE(std::isfinite(found.loss));
      EXPECT_GT(found.magnitude, least);
      EXPECT_LE(found.magnitude, std::numeric_limits<float>::max());
      EXPECT_GT(found.lr, 0);
    }
  }
}

TEST(Divergence, APoisonedWeightIsNamedItself) {
  for (const float value : {kNaN, kInfinity, -kInfinity}) {
    const auto file = with_numbers(three_steps(), "h.1.attn.c_attn.weight", one(value));
    const Divergence found = expect_stops(file);
    EXPECT_EQ(found.what, What::weight);
    EXPECT_EQ(found.tensor, "h.1.attn.c_attn.weight");
    EXPECT_LT(found.magnitude, 10);  // of the others in it
  }
}

// Nothing but a file has such; their root would be no number.
TEST(Divergence, ASquareBelowZeroIsUndone) {
  const auto file = with_numbers(three_steps(), "adam.v.h.0.mlp.c_fc.weight", all(-1));
  const Divergence found = expect_stops(file);
  EXPECT_EQ(found.what, What::weight);
  EXPECT_EQ(found.tensor, "h.0.mlp.c_fc.weight");
}

// A row that no token of the text reads: loss and gradient are finite.
TEST(Divergence, APoisonedWeightThatNothingReadsIsFoundAllTheSame) {
  Recipe recipe = small_recipe();
  recipe.tokenizer = "byte";
  recipe.tied_head = false;
  const auto file = with_numbers(three_steps(recipe), "wte.weight", [](auto& numbers) {
    numbers.back() = kNaN;  // of byte 255
  });
  const Divergence found = expect_stops(file);
  EXPECT_EQ(found.what, What::weight);
  EXPECT_EQ(found.tensor, "wte.weight");
  EXPECT_TRUE(std::isfinite(found.loss));
}

// ln_2's output is zero, so that c_fc's size does nothing to the loss; what comes back through it
// does.
TEST(Divergence, AGradientIsFoundInBackwardsOrder) {
  auto file = with_numbers(three_steps(), "h.1.mlp.c_fc.weight", all(3e38f));
  file = with_numbers(file, "h.1.ln_2.weight", all(0));
  file = with_numbers(file, "h.1.ln_2.bias", all(0));
  file = with_numbers(file, "h.1.mlp.c_fc.bias", all(1));
  file = with_numbers(file, "h.1.mlp.c_proj.weight", one(50));
  const Divergence found = expect_stops(file);
  EXPECT_EQ(found.what, What::gradient);
  EXPECT_EQ(found.tensor, "h.1.ln_2.bias");
  EXPECT_TRUE(std::isfinite(found.loss));
  EXPECT_FALSE(std::isfinite(found.grad_norm));
}

// Decay of 1 - 10 * 10 takes each weight a hundred times to the other side.
Recipe overshooting(const std::string& optimizer) {
  Recipe recipe = small_recipe();
  recipe.optimizer = optimizer;
  recipe.steps = 60;
  recipe.lr = recipe.min_lr = 10;
  recipe.warmup_steps = 0;
  recipe.weight_decay = 10;
  return recipe;
}

// An embedding so large that the next update takes it out of a float's range; the token is not read
// by the text, so that neither loss nor gradient knows of it.
std::vector<std::uint8_t> about_to_overflow(Recipe recipe, float weight = 3e37f,
                                            Arithmetic arithmetic = Arithmetic::strict) {
  recipe.tokenizer = "byte";
  recipe.tied_head = false;
  recipe.warmup_steps = 5;
  Recipe mild = recipe;
  mild.weight_decay = 0;
  mild.lr = mild.min_lr = 1e-3;
  const auto trainer = start(mild, training_text(60), arithmetic);
  train_until(*trainer, 3);
  const std::vector<std::uint8_t> file = trainer->save();
  Result<Checkpoint> parsed = parse_checkpoint(file);
  parsed.value().recipe_json = recipe_to_json(recipe);
  return with_numbers(serialize_checkpoint(parsed.value()), "wte.weight",
                      [&](auto& numbers) { numbers.back() = weight; });
}

TEST(Divergence, AWeightThatOverflowsInTheUpdateIsUndone) {
  for (const char* const optimizer : {"adamw", "muon", "sgd"}) {
    SCOPED_TRACE(optimizer);
    for (const int n_threads : test::thread_counts()) {
      const Divergence found = expect_stops(about_to_overflow(overshooting(optimizer)), n_threads);
      EXPECT_EQ(found.what, What::weight);
      EXPECT_EQ(found.tensor, "wte.weight");
      EXPECT_TRUE(std::isfinite(found.loss));
      EXPECT_TRUE(std::isfinite(found.grad_norm));
    }
  }
}

TEST(Divergence, ALargeWeightThatDoesNotOverflowIsMoved) {
  const auto trainer = load(about_to_overflow(overshooting("adamw"), 3e35f));
  const float before = trainer->parameters()[256 * 15 - 1];
  ASSERT_TRUE(trainer->step().ok());
  EXPECT_LT(trainer->parameters()[256 * 15 - 1], -50 * before);
  EXPECT_FALSE(trainer->step().ok());
  EXPECT_EQ(trainer->divergence().what, What::weight);
}

TEST(Divergence, BothClassesOfArithmeticStop) {
  for (const Arithmetic arithmetic : test::arithmetics()) {
    const auto file = three_steps(small_recipe(), arithmetic);
    EXPECT_EQ(expect_stops(with_numbers(file, "wte.weight", all(3e38f))).tensor, "h.0.ln_1.mean");
    EXPECT_EQ(expect_stops(about_to_overflow(overshooting("adamw"), 3e37f, arithmetic)).what,
              What::weight);
  }
}

TEST(Divergence, LoraStopsWhereItsProductOverflows) {
  Recipe recipe = small_recipe();
  recipe.lora_rank = 2;
  auto file = three_steps(recipe);
  // Their product is 4e36; the rate below makes it a million times that.
  file = with_numbers(file, "lora.a.h.0.attn.c_attn.weight", all(2e18f));
  file = with_numbers(file, "lora.b.h.0.attn.c_attn.weight", all(2e18f));
  Result<Checkpoint> parsed = parse_checkpoint(file);
  recipe.lr = recipe.weight_decay = 10;
  recipe.warmup_steps = 0;
  parsed.value().recipe_json = recipe_to_json(recipe);
  const Divergence found = expect_stops(serialize_checkpoint(parsed.value()));
  EXPECT_EQ(found.what, What::weight);
  EXPECT_EQ(found.tensor, "h.0.attn.c_attn.weight");
}

// The whole way, as a person meets it.
TEST(Divergence, AnAbsurdRateStopsOnTheLastGoodState) {
  const auto trainer = start(overshooting("adamw"), training_text(60));
  std::vector<std::uint8_t> before;
  while (true) {
    before = trainer->save();
    if (!trainer->step().ok()) break;
    ASSERT_LT(trainer->steps_done(), 60);
  }
  EXPECT_EQ(trainer->save(), before);
  for (const float weight : trainer->parameters()) EXPECT_TRUE(std::isfinite(weight));
  EXPECT_EQ(trainer->divergence().step, trainer->steps_done() + 1);
  EXPECT_FALSE(trainer->divergence().tensor.empty());
}

// What an update makes of a state lies within what the bound says it does.
TEST(StateBound, HoldsForEveryOptimizer) {
  for (const char* const optimizer : {"adamw", "muon", "sgd"}) {
    SCOPED_TRACE(optimizer);
    Recipe recipe = small_recipe();
    recipe.optimizer = optimizer;
    recipe.grad_clip = 0;
    recipe.lr = 0.1;
    recipe.weight_decay = 3;
    const auto trainer = start(recipe, training_text(60));
    const auto largest = [&] {
      return measure(trainer->parameters().data(),
                     static_cast<std::int64_t>(trainer->parameters().size()))
          .largest;
    };
    StateBound bound{largest(), 0};
    for (int t = 1; t <= recipe.steps; ++t) {
      const Result<StepResult> step = trainer->step();
      ASSERT_TRUE(step.ok());
      bound = bound.after(recipe, step.value().lr, t, step.value().grad_norm);
      EXPECT_TRUE(bound.is_safe(recipe));
      EXPECT_LE(largest(), bound.weight);
    }
  }
}

TEST(StateBound, KnowsNothingAtFirstAndTrustsNothingLarge) {
  const Recipe recipe = small_recipe();
  EXPECT_FALSE(StateBound().is_safe(recipe));
  EXPECT_FALSE(StateBound().after(recipe, 1e-3, 1, 1).is_safe(recipe));
  EXPECT_TRUE((StateBound{1, 1}.after(recipe, 1e-3, 1, 1).is_safe(recipe)));
  EXPECT_FALSE((StateBound{1e37, 1}.is_safe(recipe)));
  EXPECT_FALSE((StateBound{1, 1e37}.is_safe(recipe)));
  Recipe adapted = recipe;
  adapted.lora_rank = 2;
  EXPECT_TRUE((StateBound{1e18, 1}.is_safe(recipe)));
  EXPECT_FALSE((StateBound{1e18, 1}.is_safe(adapted)));  // 16 times 1e36
}

TEST(Measure, TakesWhatIsFinite) {
  const float numbers[] = {0, -3, kNaN, 2, kInfinity};
  EXPECT_EQ(measure(numbers, 5).largest, 3);
  EXPECT_FALSE(measure(numbers, 5).finite);
  EXPECT_TRUE(measure(numbers, 2).finite);
  EXPECT_FALSE(measure(numbers, 3).finite);
  EXPECT_EQ(measure(numbers, 0).largest, 0);
  EXPECT_TRUE(measure(numbers, 2).negative);
  EXPECT_FALSE(measure(numbers, 1).negative);
}

}  // namespace
}  // namespace clearformer
