#include "train/optimizer.h"

#include <gtest/gtest.h>

#include "ops/grain.h"
#include "reference/schedule.h"
#include "tests/engine/support/fast_model.h"
#include "tests/engine/support/golden_reference.h"
#include "train/muon.h"
#include "train/schedule.h"

namespace clearformer {
namespace {

using test::converted;
using test::expect_agrees;
using test::kFloatUnit;
using test::Tensors;

// An optimizer over a flat buffer, in the engine.
struct FastOptimizer {
  FastOptimizer(const Recipe& recipe, const ModelConfig& config)
      : recipe(recipe), list(parameter_list(config)), partials(norm_partials(size())) {
    for (std::vector<float>* const numbers : {&adam_m, &adam_v, &momentum}) numbers->resize(size());
  }

  std::int64_t size() const {
    std::int64_t sum = 0;
    for (const ParameterInfo& info : list) sum += info.size();
    return sum;
  }

  // Iteration `it`; returns the gradient's norm.
  double step(const Context& context, std::vector<float>& weights,
              const std::vector<float>& gradients, std::int64_t it) {
    const double norm = gradient_norm(context, gradients.data(), partials.data(), gradients.size());
    optimizer_step(context, recipe, list, {adam_m.data(), adam_v.data(), momentum.data()},
                   weights.data(), gradients.data(), learning_rate(recipe, it), it + 1, norm);
    return norm;
  }

  const Recipe& recipe;
  std::vector<ParameterInfo> list;
  std::vector<float> adam_m, adam_v, momentum;  // packed at their beginnings
  std::vector<double> partials;
};

Recipe recipe_of(double grad_clip, const std::string& optimizer = "adamw") {
  Recipe recipe;
  recipe.optimizer = optimizer;
  recipe.momentum = 0.9;
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

// One step of the reference's. Its rates and factors are doubles, the engine's are rounded once:
// beta1, beta2, momentum and 1 - beta, to which a unit roundoff of beta is up to beta / (1 - beta)
// units, the step size and the rest. Sampled where they enter, so that the tolerance knows.
template <class Number>
void reference_step(std::vector<Number>& weights, reference::MuonState<Number>& state,
                    const std::vector<Number>& gradients, double lr, const Recipe& recipe,
                    const ModelConfig& config) {
  const auto rounded = [](double x) {
    if constexpr (std::is_same_v<Number, test::Sampled>) return test::Sampled::rounded(x).value;
    return x;
  };
  const reference::AdamW adamw{rounded(recipe.beta1), rounded(recipe.beta2),
                               rounded(recipe.weight_decay)};
  const double momentum = rounded(recipe.momentum);
  lr = rounded(lr);
  if (recipe.optimizer == "sgd") {
    reference::sgd_step(weights.data(), state.momentum, gradients.data(), lr,
                        {momentum, adamw.weight_decay}, config);
  } else if (recipe.optimizer == "muon") {
    reference::muon_step(weights.data(), state, gradients.data(), lr, {momentum, adamw}, config);
  } else {
    reference::adamw_step(weights.data(), state.adamw, gradients.data(), lr, adamw, config);
  }
}

// Of the reference's numbers, which lie as the weights do, those of the parameters that need them.
template <class Number>
std::vector<Number> packed(const std::vector<Number>& numbers, const Recipe& recipe,
                           const std::vector<ParameterInfo>& list, bool adam) {
  std::vector<Number> all;
  std::int64_t at = 0;
  for (const ParameterInfo& info : list) {
    if ((update_rule(recipe, info) == UpdateRule::adamw) == adam)
      all.insert(all.end(), &numbers[at], &numbers[at] + info.size());
    at += info.size();
  }
  return all;
}

// Steps with clipping that acts, that does not, and without.
void expect_steps_agree(const std::string& optimizer, const ModelConfig& config) {
  const auto list = parameter_list(config);
  const auto size = parameter_count(config);
  for (const double grad_clip : {0.0, 1.0, 1e6}) {
    SCOPED_TRACE(optimizer + ", clip: " + std::to_string(grad_clip));
    const Recipe recipe = recipe_of(grad_clip, optimizer);
    constexpr int kSteps = 4;
    test::Random random(1);
    const auto start = random.normals<float>(size);
    std::vector<std::vector<float>> gradients;
    for (int it = 0; it < kSteps; ++it) gradients.push_back(random.normals<float>(size, 0.5));

    const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
      auto weights = converted<Number>(start);
      std::vector<Number> norms;
      reference::MuonState<Number> state;
      for (auto* const numbers : {&state.momentum, &state.adamw.m, &state.adamw.v})
        numbers->resize(size, 0.0);
      for (int it = 0; it < kSteps; ++it) {
        auto gradient = converted<Number>(gradients[it]);
        norms.push_back(reference::clip_gradients(gradient.data(), grad_clip, size));
        const double lr = reference::learning_rate(
            {recipe.lr, recipe.min_lr, recipe.warmup_steps, recipe.steps}, it);
        reference_step(weights, state, gradient, lr, recipe, config);
      }
      out = {weights, packed(state.adamw.m, recipe, list, true),
             packed(state.adamw.v, recipe, list, true), packed(state.momentum, recipe, list, false),
             norms};
    });
    const auto scratch = [&](int) { return optimizer_scratch(recipe, list); };
    test::expect_engine_agrees(
        {"weights", "m", "v", "momentum", "norms"}, expected, scratch, [&](const Context& context) {
          FastOptimizer fast(recipe, config);
          auto weights = start;
          std::vector<float> norms;
          for (int it = 0; it < kSteps; ++it)
            norms.push_back(static_cast<float>(fast.step(context, weights, gradients[it], it)));
          fast.adam_m.resize(expected[1].values.size());
          fast.adam_v.resize(expected[2].values.size());
          fast.momentum.resize(expected[3].values.size());
          return Tensors<float>{weights, fast.adam_m, fast.adam_v, fast.momentum, norms};
        });
  }
}

// Sizes of several tasks and odd ends.
TEST(Optimizer, StepsAgree) {
  const ModelConfig config{1, 1, 27, 7, 31, true, 0};
  ASSERT_GT(parameter_count(config), kElementsPerTask);
  for (const char* const optimizer : {"adamw", "sgd"}) expect_steps_agree(optimizer, config);
}

// Linear maps that lie side by side, of different widths; tall ones, wide ones and square ones.
TEST(Optimizer, MuonsStepsAgree) {
  const ModelConfig config{.n_layer = 2,
                           .n_head = 3,
                           .n_embd = 9,
                           .block_size = 5,
                           .vocab_size = 7,
                           .bias = true,
                           .activation = Activation::swiglu,
                           .n_kv_head = 1,
                           .tied_head = false};
  expect_steps_agree("muon", config);
}

// A gradient of nothing moves nothing but by decay; one of one direction becomes that direction, at
// the root mean square of AdamW's updates.
TEST(Muon, UpdatesAreOrthogonal) {
  ParameterInfo info{"h.0.m", 21, 34, Init::normal, true, {34}};
  Recipe recipe = recipe_of(0, "muon");
  recipe.weight_decay = 0;
  const test::EngineContext context(1, Arithmetic::strict, muon_scratch(info));
  const double lr = 0.5;
  std::vector<float> weights(info.size()), momentum(info.size());
  const auto gradient = test::Random(4).normals<float>(info.size());
  const std::vector<float> zeros(info.size());
  muon_update(context, MuonStep(recipe, lr, 1), info, weights.data(), momentum.data(),
              zeros.data());
  EXPECT_EQ(weights, zeros);
  muon_update(context, MuonStep(recipe, lr, 1), info, weights.data(), momentum.data(),
              gradient.data());
  // W W^T = (lr 0.2 sqrt(34))^2 times a matrix whose eigenvalues are squares in [0.65, 1.25].
  const double scale = lr * 0.2 * std::sqrt(34.0);
  double squares = 0;
  for (std::int64_t i = 0; i < info.rows; ++i) {
    double row = 0;
    for (std::int64_t j = 0; j < info.cols; ++j) {
      const double w = weights[i * info.cols + j] / scale;
      row += w * w;
    }
    EXPECT_GT(row, 0.65 * 0.65);
    EXPECT_LT(row, 1.25 * 1.25);
    squares += row;
  }
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(info.size())) * 0.2 * std::sqrt(34.0), 0.2,
              0.05);
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
void expect_steps_are_torchs(const test::GoldenCase& golden, const test::GoldenTraining& torch) {
  SCOPED_TRACE(torch.optimizer);
  const auto scatter = test::expected_training(golden, torch);
  Recipe recipe;
  recipe.optimizer = torch.optimizer;
  recipe.steps = torch.steps;
  recipe.warmup_steps = torch.warmup_steps;
  recipe.lr = torch.lr;
  recipe.min_lr = torch.min_lr;
  recipe.weight_decay = torch.weight_decay;
  recipe.beta1 = torch.beta1;
  recipe.beta2 = torch.beta2;
  recipe.momentum = torch.momentum;
  recipe.grad_clip = torch.grad_clip;

  for (const Arithmetic arithmetic : test::arithmetics()) {
    test::FastModel model(golden.config, golden.B, golden.T, 0);
    model.weights = converted<float>(golden.weights);
    FastOptimizer optimizer(recipe, golden.config);
    const test::EngineContext context(1, arithmetic, optimizer_scratch(recipe, optimizer.list));
    std::vector<double> losses, norms;
    for (int it = 0; it < torch.steps; ++it) {
      model.tokens = golden.batches[it].tokens;
      model.targets = golden.batches[it].targets;
      const auto pass = model.run(1, arithmetic, {}, std::vector<float>(model.weights.size()));
      losses.push_back(pass.loss);
      norms.push_back(optimizer.step(context, model.weights, pass.gradients, it));
    }
    expect_agrees("losses", losses.data(), {torch.losses, scatter.losses.scatter}, kFloatUnit);
    expect_agrees("norms", norms.data(), {torch.grad_norms, scatter.grad_norms.scatter},
                  kFloatUnit);
    expect_agrees("weights", model.weights.data(), {torch.weights, scatter.weights.scatter},
                  kFloatUnit);
  }
}

class OptimizerGolden : public testing::TestWithParam<std::string> {};

TEST_P(OptimizerGolden, TenStepsAreTorchs) {
  const auto golden = test::load_golden(GetParam());
  expect_steps_are_torchs(golden, golden.training);
  for (const test::GoldenTraining& other : golden.others) expect_steps_are_torchs(golden, other);
}

INSTANTIATE_TEST_SUITE_P(Cases, OptimizerGolden, testing::ValuesIn(test::golden_names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace clearformer
