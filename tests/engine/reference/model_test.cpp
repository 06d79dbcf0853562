// The whole model of the reference against the complex step and against finite differences.
#include "reference/model.h"

#include <gtest/gtest.h>

#include "tests/engine/support/gradient_check.h"

namespace clearformer {
namespace {

using reference::ActivationInfo;
using reference::Activations;
using reference::Batch;
using reference::DropoutScales;
using reference::Index;
using std::real;
using test::Input;
using test::Random;
using test::Tensors;

struct Case {
  ModelConfig config;
  Index B, T;
};

std::vector<Case> cases() {
  const auto shape = [](int n_layer, int n_head, int n_embd, int block_size, int vocab_size,
                        bool bias, float dropout, Index B, Index T) {
    return Case{{n_layer, n_head, n_embd, block_size, vocab_size, bias, dropout}, B, T};
  };
  return {
      shape(1, 1, 3, 1, 2, false, 0.0f, 1, 1),
      shape(1, 1, 5, 7, 7, false, 0.0f, 2, 5),
      shape(2, 3, 6, 5, 11, true, 0.0f, 2, 5),
      shape(2, 3, 6, 5, 11, true, 0.3f, 2, 5),
      shape(3, 2, 4, 3, 5, false, 0.2f, 1, 3),
      {{2, 2, 8, 5, 7, true, 0.2f, Norm::rmsnorm, Activation::swiglu, Position::rotary, 1, true,
        false},
       2,
       4},
      {{1, 3, 6, 5, 7, true, 0.0f, Norm::layernorm, Activation::relu2, Position::none}, 1, 5},
      {{.n_layer = 1,
        .n_head = 1,
        .n_embd = 5,
        .block_size = 7,
        .vocab_size = 7,
        .label_smoothing = 0.125f,
        .z_loss = 0.015625f},
       2,
       5},
  };
}

// A model with random parameters, a batch and a draw of dropout.
struct Example {
  explicit Example(const Case& c) : config(c.config), B(c.B), T(c.T), random(11) {
    for (const ParameterInfo& info : parameter_list(config)) {
      Input input{info.name, random.normals<double>(info.size(), 0.4), true};
      if (info.init == Init::one) {
        for (double& weight : input.values) weight += 1.0;
      }
      parameters.push_back(input);
    }
    tokens = random.tokens(B * T, config.vocab_size);
    targets = random.tokens(B * T, config.vocab_size);
    if (config.dropout > 0.0f) {
      for_each_dropout_site(
          config, B, T, scales,
          [&](const std::string&, const std::vector<Index>& site, std::vector<double>& scale) {
            Index size = 1;
            for (const Index extent : site) size *= extent;
            scale = random.dropout_scales(size, config.dropout);
          });
    }
  }

  Batch batch() const { return {tokens.data(), targets.data(), B, T}; }

  template <class Number>
  static std::vector<Number> flat(const Tensors<Number>& tensors) {
    std::vector<Number> all;
    for (const auto& tensor : tensors) all.insert(all.end(), tensor.begin(), tensor.end());
    return all;
  }

  template <class Number>
  Number loss(const std::vector<Number>& flat_parameters) const {
    Activations<Number> activations;
    reference::forward(activations, config, flat_parameters.data(), batch(), scales);
    return activations.objective;
  }

  ModelConfig config;
  Index B, T;
  Random random;
  std::vector<Input> parameters;  // in the walk's order
  std::vector<Token> tokens, targets;
  DropoutScales scales;
};

TEST(ReferenceModel, GradientsAgreeWithTheComplexStep) {
  for (const Case& c : cases()) {
    Example example(c);
    test::check_gradients(
        example.parameters,
        [&](auto& out, const auto& parameters) { out = {example.loss(Example::flat(parameters))}; },
        [&](auto& gradients, const auto& dout, const auto& parameters) {
          using Number = typename std::remove_cvref_t<decltype(dout)>::value_type;
          const auto p = Example::flat(parameters);
          auto g = Example::flat(gradients);
          Activations<Number> a, da;
          reference::forward(a, example.config, p.data(), example.batch(), example.scales);
          reference::backward(g.data(), da, example.config, p.data(), example.batch(), a,
                              example.scales, real(dout[0]));
          auto next = g.begin();
          for (auto& gradient : gradients) {
            std::copy_n(next, gradient.size(), gradient.begin());
            next += gradient.size();
          }
        },
        example.random);
  }
}

// Knows nothing of complex numbers or of this code's derivatives. With D(h) the central difference,
// D(h) = f' + h^2 f'''/6 + ..., so the truncation error of D(h) is a third of D(2h) - D(h). The
// rounding of the loss enters as tolerance / h, in D(h) and again in D(2h).
TEST(ReferenceModel, GradientsAgreeWithCentralDifferences) {
  constexpr double kStep = 0x1p-16;  // near the cube root of the unit roundoff
  for (const Case& c : cases()) {
    const Example example(c);
    auto p = Example::flat(test::values_of<double>(example.parameters));
    Activations<double> a, da;
    std::vector<double> gradients(p.size(), 0.0);
    reference::forward(a, example.config, p.data(), example.batch(), example.scales);
    reference::backward(gradients.data(), da, example.config, p.data(), example.batch(), a,
                        example.scales);
    const auto loss = test::from_reference([&]<class Number>(Tensors<Number>& out) {
      out = {{example.loss(test::converted<Number>(p))}};
    });
    const double rounding = loss[0].tolerance(0, test::kDoubleUnit) / kStep;

    for (std::size_t i = 0; i < p.size(); ++i) {
      const double at = p[i];
      const auto difference = [&](double h) {
        p[i] = at + h;
        const double above = example.loss(p);
        p[i] = at - h;
        const double below = example.loss(p);
        p[i] = at;
        return (above - below) / (2 * h);
      };
      const double near = difference(kStep), far = difference(2 * kStep);
      const double tolerance = std::abs(far - near) + 2 * rounding;
      ASSERT_NEAR(gradients[i], near, tolerance) << "parameter " << i;
      ASSERT_LT(tolerance, 1e-6) << "a tolerance this wide would show nothing, parameter " << i;
    }
  }
}

TEST(ReferenceModel, OverwritesEveryActivationAndItsGradient) {
  for (const Case& c : cases()) {
    const Example example(c);
    const auto p = Example::flat(test::values_of<double>(example.parameters));
    Activations<double> a, da, clean, dclean;
    const auto fill_with_nan = [](const ActivationInfo& info, std::vector<double>& tensor) {
      tensor = test::nans<double>(info.size());
    };
    for_each_activation(example.config, example.B, example.T, a, fill_with_nan);
    for_each_activation(example.config, example.B, example.T, da, fill_with_nan);
    std::vector<double> gradients(p.size(), 0.0), clean_gradients(p.size(), 0.0);
    const auto run = [&](auto& activations, auto& activation_gradients, auto& g) {
      reference::forward(activations, example.config, p.data(), example.batch(), example.scales);
      reference::backward(g.data(), activation_gradients, example.config, p.data(), example.batch(),
                          activations, example.scales);
    };
    run(a, da, gradients);
    run(clean, dclean, clean_gradients);

    EXPECT_EQ(gradients, clean_gradients);
    std::vector<std::vector<double>> values, derivatives;
    for_each_activation(example.config, example.B, example.T, clean,
                        [&](const ActivationInfo&, auto& tensor) { values.push_back(tensor); });
    for_each_activation(
        example.config, example.B, example.T, dclean,
        [&](const ActivationInfo&, auto& tensor) { derivatives.push_back(tensor); });
    std::size_t next = 0;
    for_each_activation(example.config, example.B, example.T, a,
                        [&](const ActivationInfo& info, auto& tensor) {
                          EXPECT_EQ(tensor, values[next++]) << info.name;
                        });
    next = 0;
    for_each_activation(example.config, example.B, example.T, da,
                        [&](const ActivationInfo& info, auto& tensor) {
                          EXPECT_EQ(tensor, derivatives[next++]) << "gradient of " << info.name;
                        });
  }
}

TEST(ReferenceModel, WithoutTargetsGivesTheSameLogits) {
  const Example example(cases()[2]);
  const auto p = Example::flat(test::values_of<double>(example.parameters));
  Activations<double> with, without;
  reference::forward(with, example.config, p.data(), example.batch());
  reference::forward(without, example.config, p.data(),
                     {example.tokens.data(), nullptr, example.B, example.T});
  EXPECT_EQ(without.logits, with.logits);
  EXPECT_EQ(without.loss, 0.0);
}

// A later token must not change an earlier position's logits.
TEST(ReferenceModel, IsCausal) {
  Example example(cases()[2]);
  const auto p = Example::flat(test::values_of<double>(example.parameters));
  const Index T = example.T, V = example.config.vocab_size;
  Activations<double> before, after;
  reference::forward(before, example.config, p.data(), example.batch());
  Token& changed = example.tokens[T - 1];  // the last of the first passage
  changed = (changed + 1) % static_cast<Token>(V);
  reference::forward(after, example.config, p.data(), example.batch());
  for (Index i = 0; i < (T - 1) * V; ++i) EXPECT_EQ(after.logits[i], before.logits[i]);
  for (Index i = (T - 1) * V; i < T * V; ++i) EXPECT_NE(after.logits[i], before.logits[i]);
}

}  // namespace
}  // namespace clearformer
