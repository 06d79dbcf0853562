#include "train/optimizer.h"

#include <gtest/gtest.h>

#include "ops/grain.h"
#include "reference/adamw.h"
#include "reference/schedule.h"
#include "tests/engine/support/fast_model.h"
#include "tests/engine/support/golden_reference.h"
#include "train/schedule.h"

namespace clearformer {
namespace {

using test::converted;
using test::expect_agrees;
using test::kFloatUnit;
using test::Tensors;

// AdamW over a flat buffer, in the engine.
struct FastAdamW {
  FastAdamW(const Recipe& recipe, const ModelConfig& config)
      : recipe(recipe),
        config(config),
        m(parameter_count(config)),
        v(m.size()),
        partials(norm_partials(m.size())) {}

  // Iteration `it`; returns the gradient's norm.
  double step(const Context& context, std::vector<float>& weights,
              const std::vector<float>& gradients, std::int64_t it) {
    const double norm = gradient_norm(context, gradients.data(), partials.data(), gradients.size());
    const AdamWStep update(recipe, learning_rate(recipe, it), it + 1, norm);
    std::int64_t at = 0;
    for (const ParameterInfo& info : parameter_list(config)) {
      adamw_update(context, update, info.decay, &weights[at], &m[at], &v[at], &gradients[at],
                   info.size());
      at += info.size();
    }
    return norm;
  }

  const Recipe& recipe;
  const ModelConfig& config;
  std::vector<float> m, v;
  std::vector<double> partials;
};

Recipe recipe_of(double grad_clip) {
  Recipe recipe;
  recipe.lr = 3e-2;
  recipe.min_lr = 1e-3;
  recipe.warmup_steps = 2;
  recipe.steps = 12;
  recipe.grad_clip = grad_clip;
  recipe.weight_decay = 0.3;
  recipe.beta1 = 0.8;
  recipe.beta2 = 0.95;
  return recipe;
}

// The reference's rates and factors are doubles, the engine's are rounded once: beta1, beta2 and
// 1 - beta, to which a unit roundoff of beta is up to beta / (1 - beta) units, the step size and
// the rest. Sampled where they enter, so that the tolerance knows.
template <class Number>
void rounded_adamw_step(std::vector<Number>& weights, reference::AdamWState<Number>& state,
                        const std::vector<Number>& gradients, double lr,
                        const reference::AdamW& settings, const ModelConfig& config) {
  reference::AdamW rounded = settings;
  if constexpr (std::is_same_v<Number, test::Sampled>) {
    const auto round = [](double& x) { x = test::Sampled::rounded(x).value; };
    round(rounded.beta1);
    round(rounded.beta2);
    round(rounded.weight_decay);
    round(lr);
  }
  reference::adamw_step(weights.data(), state, gradients.data(), lr, rounded, config);
}

// Steps with clipping that acts, that does not, and without; sizes of several tasks and odd ends.
TEST(AdamW, StepsAgree) {
  const ModelConfig config{1, 1, 27, 7, 31, true, 0};
  const auto size = parameter_count(config);
  ASSERT_GT(size, kElementsPerTask);
  for (const double grad_clip : {0.0, 1.0, 1e6}) {
    SCOPED_TRACE(grad_clip);
    const Recipe recipe = recipe_of(grad_clip);
    constexpr int kSteps = 4;
    test::Random random(1);
    const auto start = random.normals<float>(size);
    std::vector<std::vector<float>> gradients;
    for (int it = 0; it < kSteps; ++it) gradients.push_back(random.normals<float>(size, 0.5));

    const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
      auto weights = converted<Number>(start);
      std::vector<Number> norms;
      reference::AdamWState<Number> state;
      for (int it = 0; it < kSteps; ++it) {
        auto gradient = converted<Number>(gradients[it]);
        norms.push_back(reference::clip_gradients(gradient.data(), grad_clip, size));
        const double lr = reference::learning_rate(
            {recipe.lr, recipe.min_lr, recipe.warmup_steps, recipe.steps}, it);
        rounded_adamw_step(weights, state, gradient, lr,
                           {recipe.beta1, recipe.beta2, recipe.weight_decay}, config);
      }
      out = {weights, state.m, state.v, norms};
    });
    test::expect_engine_agrees(
        {"weights", "m", "v", "norms"}, expected, test::no_scratch, [&](const Context& context) {
          FastAdamW adamw(recipe, config);
          auto weights = start;
          std::vector<float> norms;
          for (int it = 0; it < kSteps; ++it)
            norms.push_back(static_cast<float>(adamw.step(context, weights, gradients[it], it)));
          return Tensors<float>{weights, adamw.m, adamw.v, norms};
        });
  }
}

TEST(AdamW, WithoutAGradientOnlyMatricesDecay) {
  const Recipe recipe = recipe_of(1);
  const test::EngineContext context(1, Arithmetic::strict);
  const double lr = 0.25;
  const AdamWStep step(recipe, lr, 1, 0);
  const auto start = test::Random(2).normals<float>(37);
  for (const bool decays : {false, true}) {
    auto weights = start;
    std::vector<float> m(37), v(37);
    const std::vector<float> zeros(37);
    adamw_update(context, step, decays, weights.data(), m.data(), v.data(), zeros.data(), 37);
    for (int i = 0; i < 37; ++i) {
      const double expected = decays ? start[i] * (1 - lr * recipe.weight_decay) : start[i];
      EXPECT_NEAR(weights[i], expected, decays ? 2 * kFloatUnit * std::abs(expected) : 0);
    }
  }
}

TEST(AdamW, ZeroGradientClearsAll) {
  for (const int n_threads : test::thread_counts()) {
    const test::EngineContext context(n_threads, Arithmetic::strict);
    auto gradient = test::nans<float>(17 * kElementsPerTask + 3);
    gradient.back() = -1;
    zero_gradient(context, gradient.data(), gradient.size() - 1);
    for (std::size_t i = 0; i + 1 < gradient.size(); ++i) ASSERT_EQ(gradient[i], 0) << i;
    EXPECT_EQ(gradient.back(), -1);
  }
}

// Ten whole steps, engine against PyTorch: losses before each step, norms, and the weights after
// the last. The scatter is that of the whole course.
class AdamWGolden : public testing::TestWithParam<std::string> {};

TEST_P(AdamWGolden, TenStepsAreTorchs) {
  const auto golden = test::load_golden(GetParam());
  const auto& torch = golden.training;
  const auto scatter = test::expected_training(golden);
  Recipe recipe;
  recipe.steps = torch.steps;
  recipe.warmup_steps = torch.warmup_steps;
  recipe.lr = torch.lr;
  recipe.min_lr = torch.min_lr;
  recipe.weight_decay = torch.weight_decay;
  recipe.beta1 = torch.beta1;
  recipe.beta2 = torch.beta2;
  recipe.grad_clip = torch.grad_clip;

  for (const Arithmetic arithmetic : test::arithmetics()) {
    test::FastModel model(golden.config, golden.B, golden.T, 0);
    model.weights = converted<float>(golden.weights);
    const test::EngineContext context(1, arithmetic);
    FastAdamW adamw(recipe, golden.config);
    std::vector<double> losses, norms;
    for (int it = 0; it < torch.steps; ++it) {
      model.tokens = golden.batches[it].tokens;
      model.targets = golden.batches[it].targets;
      const auto pass = model.run(1, arithmetic, {}, std::vector<float>(model.weights.size()));
      losses.push_back(pass.loss);
      norms.push_back(adamw.step(context, model.weights, pass.gradients, it));
    }
    expect_agrees("losses", losses.data(), {torch.losses, scatter.losses.scatter}, kFloatUnit);
    expect_agrees("norms", norms.data(), {torch.grad_norms, scatter.grad_norms.scatter},
                  kFloatUnit);
    expect_agrees("weights", model.weights.data(), {torch.weights, scatter.weights.scatter},
                  kFloatUnit);
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, AdamWGolden, testing::ValuesIn(test::golden_names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace clearformer
