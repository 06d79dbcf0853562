#include "inspect/provenance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numbers>

#include "tests/engine/support/architectures.h"
#include "tests/engine/support/fast_model.h"

namespace clearformer {
namespace {

constexpr double kUnit = std::numeric_limits<double>::epsilon();

using Inputs = std::vector<NamedNumber>;
const std::map<std::string, std::function<double(const Inputs&)>>& formulas() {
  static const std::map<std::string, std::function<double(const Inputs&)>> all = {
      {"0", [](const Inputs&) { return 0.0; }},
      {"{0} × {1} × {2}", [](const Inputs& x) { return x[0].value * x[1].value * x[2].value; }},
      {"({0} − {3}) × {1} × {2}",
       [](const Inputs& x) { return (x[0].value - x[3].value) * x[1].value * x[2].value; }},
      {"({0} − {3}) × {1} × {2} + {4}",
       [](const Inputs& x) {
         return (x[0].value - x[3].value) * x[1].value * x[2].value + x[4].value;
       }},
      {"1 / √({0} + {1})", [](const Inputs& x) { return 1 / std::sqrt(x[0].value + x[1].value); }},
      {"e^({0} × {1} − {2}) / {3}",
       [](const Inputs& x) { return std::exp(x[0].value * x[1].value - x[2].value) / x[3].value; }},
      {"e^({0} − {1}) / {2}",
       [](const Inputs& x) { return std::exp(x[0].value - x[1].value) / x[2].value; }},
      {"{0} / 2 × (1 + tanh(√(2/π) × ({0} + 0.044715 × {0}³)))",
       [](const Inputs& in) {
         const double x = in[0].value;
         return x / 2 *
                (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
       }},
      {"max({0}, 0)²", [](const Inputs& x) { return std::pow(std::max(x[0].value, 0.0), 2); }},
      {"{0} / (1 + e^−({0})) × {1}",
       [](const Inputs& x) { return x[0].value / (1 + std::exp(-x[0].value)) * x[1].value; }},
      {"−log({0})", [](const Inputs& x) { return -std::log(x[0].value); }},
  };
  return all;
}

// What a sum of so many products may be off by, each rounded: of their magnitude.
double sum_of(const Origin& origin, double& magnitude) {
  double sum = origin.others_sum;
  magnitude = std::abs(sum);
  for (const Product& product : origin.products) {
    sum += product.value();
    magnitude += std::abs(product.value());
  }
  return sum;
}

void expect_made_of(const Origin& origin, double value, const std::string& where) {
  SCOPED_TRACE(where + " by " + origin.formula);
  // Every sum here has at most 4 C = 48 numbers; what is behind a formula a few roundings more.
  constexpr double kTolerance = 128 * kUnit;
  if (!origin.products.empty()) {
    double magnitude = 0;
    const double sum = sum_of(origin, magnitude);
    const double whole = origin.formula.empty() ? value : origin.inputs[0].value;
    EXPECT_NEAR(sum, whole, kTolerance * magnitude);
    for (std::size_t i = 1; i < origin.products.size(); ++i)
      EXPECT_LE(std::abs(origin.products[i].value()), std::abs(origin.products[i - 1].value()));
  }
  if (origin.formula.empty()) {
    EXPECT_FALSE(origin.products.empty());
    return;
  }
  ASSERT_TRUE(formulas().contains(origin.formula));
  EXPECT_NEAR(formulas().at(origin.formula)(origin.inputs), value,
              kTolerance * std::max(1.0, std::abs(value)));
}

// Raises one number and sees the loss move as its gradient says. A central difference is off by a
// quarter of what it is with twice the step, and by what the loss is rounded by.
void expect_slope(const ExactPass& pass, const std::string& name, std::int64_t at,
                  double gradient) {
  constexpr double kStep = 1e-5;
  const auto slope = [&](double h) {
    return (pass.loss_with(name, at, h) - pass.loss_with(name, at, -h)) / (2 * h);
  };
  const double fine = slope(kStep), coarse = slope(2 * kStep);
  const double tolerance = std::abs(coarse - fine) + 64 * kUnit * pass.loss() / kStep;
  EXPECT_NEAR(fine, gradient, tolerance) << name << " " << at;
  EXPECT_LT(tolerance, 1e-5) << name;
}

TEST(Provenance, EveryNumberIsMadeOfWhatItSaysAndMovesTheLossAsItsGradientSays) {
  int i = 0;
  for (Recipe recipe : test::architectures()) {
    if (i++ % 5 != 0) continue;  // which still has each choice with most others
    recipe.dropout = recipe.bias ? 0.1 : 0;
    SCOPED_TRACE(recipe_to_json(recipe));
    const test::FastModel model(recipe.model_config(7), 1, 5, 3);
    const ExactPass pass(model.config, model.weights, model.tokens, model.targets);
    pass.for_each_tensor([&](const auto& info, auto values, auto gradients) {
      const auto size = static_cast<std::int64_t>(values.size());
      for (std::int64_t at = size / 5; at < size; at += size / 3 + 1)
        expect_made_of(origin_of(pass, info.name, at), values[at],
                       info.name + " " + std::to_string(at));
      EXPECT_EQ(info.has_gradient, !gradients.empty());
      if (info.has_gradient) expect_slope(pass, info.name, size / 2, gradients[size / 2]);
    });
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Provenance, ALinearOutputNamesWhatItIsASumOf) {
  const ModelConfig config{2, 2, 12, 5, 7, true};
  const test::FastModel model(config, 1, 5, 3);
  const ExactPass pass(config, model.weights, model.tokens, model.targets);
  const std::int64_t t = 3, o = 17, W = 36;
  const Origin origin = origin_of(pass, "h.1.attn.qkv", t * W + o);
  ASSERT_EQ(origin.products.size(), 6u);
  EXPECT_EQ(origin.others, 12 + 1 - 6);  // the bias too
  const auto p = slice_parameters(config, model.weights.data()).h[1];
  for (const Product& product : origin.products) {
    if (product.factor.name.empty()) {
      EXPECT_EQ(product.number.name, "h.1.attn.c_attn.bias[17]");
      EXPECT_EQ(product.number.value, p.c_attn_bias[o]);
      continue;
    }
    const std::int64_t i =
        std::stoi(product.number.name.substr(std::string("h.1.ln_1[3, ").size()));
    const std::string at = std::to_string(i);
    EXPECT_EQ(product.number.name, "h.1.ln_1[3, " + at + "]");
    EXPECT_EQ(product.factor.name, "h.1.attn.c_attn.weight[" + at + ", 17]");
    EXPECT_EQ(product.number.value, pass.values("h.1.ln_1")[t * 12 + i]);
    EXPECT_EQ(product.factor.value, p.c_attn_weight[i * W + o]);
  }
}

TEST(Provenance, OfTheFutureThereIsNothing) {
  const ModelConfig config{2, 2, 12, 5, 7, true};
  const test::FastModel model(config, 1, 5, 3);
  const ExactPass pass(config, model.weights, model.tokens, model.targets);
  const std::int64_t at = (1 * 5 + 2) * 5 + 3;  // head 1, query 2, key 3
  EXPECT_EQ(origin_of(pass, "h.0.attn.att", at).formula, "0");
  EXPECT_EQ(pass.gradients("h.0.attn.att")[at], 0);
  EXPECT_EQ(pass.loss_with("h.0.attn.att", at, 0.1), pass.loss());
  EXPECT_TRUE(pass.values("h.2.attn.att").empty());
  EXPECT_TRUE(pass.gradients("losses").empty());
}

}  // namespace
}  // namespace clearformer
