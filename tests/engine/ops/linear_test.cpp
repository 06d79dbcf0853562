#include "ops/linear.h"

#include <gtest/gtest.h>

#include "reference/linear.h"
#include "reference/residual.h"
#include "tests/engine/support/engine_check.h"

namespace clearformer {
namespace {

using test::converted;
using test::nans;
using test::pointer;
using test::Tensors;

struct Case {
  std::int64_t rows, C_in, C_out;
  bool bias, residual;
};
const std::vector<Case>& cases() {
  static const std::vector<Case> cases = {
      {1, 1, 1, false, false}, {1, 3, 2, true, false},   {5, 7, 11, false, true},
      {13, 17, 5, true, true}, {33, 16, 48, true, true}, {3, 67, 19, false, false},
  };
  return cases;
}

struct Example {
  explicit Example(const Case& c) {
    test::Random random(c.rows * 10007 + c.C_in * 101 + c.C_out);
    x = random.normals<float>(c.rows * c.C_in);
    weight = random.normals<float>(c.C_in * c.C_out);
    if (c.bias) bias = random.normals<float>(c.C_out);
    if (c.residual) residual = random.normals<float>(c.rows * c.C_out);
    dout = random.normals<float>(c.rows * c.C_out);
    noise_weight = random.normals<float>(weight.size());
    noise_bias = random.normals<float>(bias.size());
  }
  std::vector<float> x, weight, bias, residual, dout, noise_weight, noise_bias;
};

TEST(Linear, ForwardAgrees) {
  for (const Case& c : cases()) {
    const Example e(c);
    const std::int64_t n = c.rows * c.C_out;
    const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
      out = {nans<Number>(n)};
      const auto bias = converted<Number>(e.bias);
      reference::linear_forward(out[0].data(), converted<Number>(e.x).data(),
                                converted<Number>(e.weight).data(), pointer(bias), c.rows, c.C_in,
                                c.C_out);
      if (c.residual) {
        const auto product = out[0];
        reference::residual_forward(out[0].data(), converted<Number>(e.residual).data(),
                                    product.data(), n);
      }
    });
    test::expect_engine_agrees(
        {"out"}, expected, [&](int) { return linear_scratch(c.rows, c.C_in, c.C_out); },
        [&](const Context& context) {
          auto out = nans<float>(n);
          linear_forward(context, out.data(), e.x.data(), e.weight.data(), pointer(e.bias),
                         pointer(e.residual), c.rows, c.C_in, c.C_out);
          return Tensors<float>{out};
        });
  }
}

TEST(Linear, BackwardAgrees) {
  for (const Case& c : cases()) {
    const Example e(c);
    const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
      out = {nans<Number>(c.rows * c.C_in), converted<Number>(e.noise_weight),
             converted<Number>(e.noise_bias)};
      reference::linear_backward(out[0].data(), out[1].data(), pointer(out[2]),
                                 converted<Number>(e.dout).data(), converted<Number>(e.x).data(),
                                 converted<Number>(e.weight).data(), c.rows, c.C_in, c.C_out);
    });
    test::expect_engine_agrees(
        {"dx", "dweight", "dbias"}, expected,
        [&](int) { return linear_scratch(c.rows, c.C_in, c.C_out); },
        [&](const Context& context) {
          Tensors<float> out = {nans<float>(c.rows * c.C_in), e.noise_weight, e.noise_bias};
          linear_backward(context, out[0].data(), out[1].data(), pointer(out[2]), e.dout.data(),
                          e.x.data(), e.weight.data(), c.rows, c.C_in, c.C_out);
          return out;
        });
  }
}

}  // namespace
}  // namespace clearformer
