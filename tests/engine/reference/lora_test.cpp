// LoRA in the reference: one matrix, and the whole model of several architectures, against the
// complex step and against finite differences.
#include "reference/lora.h"

#include <gtest/gtest.h>

#include "reference/model.h"
#include "tests/engine/support/gradient_check.h"

namespace clearformer {
namespace {

using reference::Index;
using std::real;
using test::Input;
using test::Random;

template <class Vector>
using NumberOf = typename std::remove_cvref_t<Vector>::value_type;

TEST(ReferenceLora, GradientsOfAMatrixAgreeWithTheComplexStep) {
  struct Shape {
    Index C_in, C_out, rank;
    double scale;
  };
  for (const auto [C_in, C_out, rank, scale] :
       {Shape{1, 1, 1, 2.0}, Shape{3, 5, 2, 0.7}, Shape{7, 2, 2, 3.0}}) {
    Random random(1);
    const auto base = random.normals<double>(C_in * C_out);
    test::check_gradients(
        {{"a", random.normals<double>(C_in * rank), true},
         {"b", random.normals<double>(rank * C_out), true}},
        [&](auto& out, const auto& in) {
          using Number = NumberOf<decltype(out)>;
          out = test::nans<Number>(base.size());
          reference::lora_forward(out.data(), test::converted<Number>(base).data(), in[0].data(),
                                  in[1].data(), scale, C_in, C_out, rank);
        },
        [&](auto& din, const auto& dout, const auto& in) {
          reference::lora_backward(din[0].data(), din[1].data(), dout.data(), in[0].data(),
                                   in[1].data(), scale, C_in, C_out, rank);
        },
        random);
  }
}

struct Case {
  ModelConfig config;
  Index B, T, rank;
};

std::vector<Case> cases() {
  ModelConfig plain{.n_layer = 1, .n_head = 1, .n_embd = 5, .block_size = 7, .vocab_size = 7};
  ModelConfig biases{.n_layer = 2, .n_head = 3, .n_embd = 6, .block_size = 5, .vocab_size = 11};
  biases.bias = true;
  ModelConfig llama{.n_layer = 2, .n_head = 2, .n_embd = 8, .block_size = 5, .vocab_size = 7};
  llama.bias = true;
  llama.norm = Norm::rmsnorm;
  llama.activation = Activation::swiglu;
  llama.position = Position::rotary;
  llama.n_kv_head = 1;
  llama.qk_norm = true;
  llama.tied_head = false;
  ModelConfig squares{.n_layer = 1, .n_head = 3, .n_embd = 6, .block_size = 5, .vocab_size = 7};
  squares.bias = true;
  squares.activation = Activation::relu2;
  squares.position = Position::none;
  return {{plain, 2, 5, 1}, {biases, 2, 5, 4}, {llama, 2, 4, 3}, {squares, 1, 5, 6}};
}

constexpr double kScale = 1.7;

// A frozen model with random parameters, random adapters, and a batch.
struct Example {
  explicit Example(const Case& c) : config(c.config), B(c.B), T(c.T), rank(c.rank), random(13) {
    for (const ParameterInfo& info : parameter_list(config))
      for (const double weight : random.normals<double>(info.size(), 0.4))
        base.push_back(info.init == Init::one ? 1.0 + weight : weight);
    for (const ParameterInfo& info : adapter_list(config, rank))
      adapters.push_back({info.name, random.normals<double>(info.size(), 0.4), true});
    tokens = random.tokens(B * T, config.vocab_size);
    targets = random.tokens(B * T, config.vocab_size);
  }

  template <class Number>
  static std::vector<Number> flat(const test::Tensors<Number>& tensors) {
    std::vector<Number> all;
    for (const auto& tensor : tensors) all.insert(all.end(), tensor.begin(), tensor.end());
    return all;
  }
  reference::Batch batch() const { return {tokens.data(), targets.data(), B, T}; }

  // Adds the adapters' gradients where there is room for them.
  template <class Number>
  Number loss(const std::vector<Number>& flat_adapters, std::vector<Number>* gradients = nullptr,
              double dloss = 1) const {
    const auto weights =
        reference::merged(test::converted<Number>(base), flat_adapters, kScale, config, rank);
    reference::Activations<Number> a, da;
    reference::forward(a, config, weights.data(), batch());
    if (gradients) {
      std::vector<Number> all(weights.size(), Number(0));
      reference::backward(all.data(), da, config, weights.data(), batch(), a, {}, dloss);
      reference::adapter_gradients(*gradients, all, flat_adapters, kScale, config, rank);
    }
    return a.loss;
  }

  ModelConfig config;
  Index B, T, rank;
  Random random;
  std::vector<double> base;
  std::vector<Input> adapters;
  std::vector<Token> tokens, targets;
};

TEST(ReferenceLora, GradientsOfAModelAgreeWithTheComplexStep) {
  for (const Case& c : cases()) {
    Example example(c);
    ASSERT_EQ(example.adapters.size(), 8u * c.config.n_layer);  // four matrices a layer
    test::check_gradients(
        example.adapters,
        [&](auto& out, const auto& adapters) { out = {example.loss(Example::flat(adapters))}; },
        [&](auto& gradients, const auto& dout, const auto& adapters) {
          auto g = Example::flat(gradients);
          example.loss(Example::flat(adapters), &g, real(dout[0]));
          auto next = g.begin();
          for (auto& gradient : gradients) {
            std::copy_n(next, gradient.size(), gradient.begin());
            next += static_cast<std::ptrdiff_t>(gradient.size());
          }
        },
        example.random);
  }
}

// As for the whole model: the truncation error is a third of D(2h) - D(h).
TEST(ReferenceLora, GradientsOfAModelAgreeWithCentralDifferences) {
  constexpr double kStep = 0x1p-16;
  for (const Case& c : cases()) {
    const Example example(c);
    auto p = Example::flat(test::values_of<double>(example.adapters));
    std::vector<double> gradients(p.size(), 0.0);
    example.loss(p, &gradients);
    const auto loss = test::from_reference([&]<class Number>(test::Tensors<Number>& out) {
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
      ASSERT_NEAR(gradients[i], near, tolerance) << "number " << i;
      ASSERT_LT(tolerance, 1e-6) << "a tolerance this wide would show nothing, number " << i;
    }
  }
}

}  // namespace
}  // namespace clearformer
