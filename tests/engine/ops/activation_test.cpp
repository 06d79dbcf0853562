#include "ops/activation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ops/grain.h"
#include "reference/gelu.h"
#include "reference/relu2.h"
#include "reference/swiglu.h"
#include "tests/engine/support/engine_check.h"

namespace clearformer {
namespace {

using test::converted;
using test::nans;
using test::Tensors;

struct Case {
  Activation activation;
  std::int64_t rows, H;
};
// Less than the lanes, just as many, rows that are cut by tasks.
std::vector<Case> cases() {
  std::vector<Case> cases;
  for (const Activation activation : {Activation::gelu, Activation::relu2, Activation::swiglu})
    for (const auto& [rows, H] : {std::pair<std::int64_t, std::int64_t>{1, 1},
                                  {3, 5},
                                  {1, 16},
                                  {5, 17},
                                  {2, kElementsPerTask + 3},
                                  {900, 19}})
      cases.push_back({activation, rows, H});
  return cases;
}

struct Example {
  explicit Example(const Case& c) : activation(c.activation), rows(c.rows), H(c.H) {
    test::Random random(rows * 1009 + H);
    x = random.normals<float>(rows * H * (is_gated(activation) ? 2 : 1), 2.0);
    dout = random.normals<float>(rows * H);
  }
  Activation activation;
  std::int64_t rows, H;
  std::vector<float> x, dout;

  std::vector<float> forward(const Context& context) const {
    auto out = nans<float>(rows * H);
    activation_forward(context, activation, out.data(), x.data(), rows, H);
    return out;
  }
};

TEST(Activation, ForwardAgrees) {
  for (const Case& c : cases()) {
    const Example e(c);
    const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
      const auto x = converted<Number>(e.x);
      out = {nans<Number>(e.rows * e.H)};
      if (c.activation == Activation::gelu)
        reference::gelu_forward(out[0].data(), x.data(), e.rows * e.H);
      if (c.activation == Activation::relu2)
        reference::relu2_forward(out[0].data(), x.data(), e.rows * e.H);
      if (c.activation == Activation::swiglu)
        reference::swiglu_forward(out[0].data(), x.data(), e.rows, e.H);
    });
    test::expect_engine_agrees({"out"}, expected, test::no_scratch, [&](const Context& context) {
      const std::vector<float> out = e.forward(context);
      if (!is_gated(c.activation)) {
        auto in_place = e.x;
        activation_forward(context, c.activation, in_place.data(), in_place.data(), e.rows, e.H);
        test::expect_same_bits("in place", in_place, out);
      }
      return Tensors<float>{out};
    });
  }
}

TEST(Activation, BackwardAgrees) {
  for (const Case& c : cases()) {
    const Example e(c);
    const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
      const auto x = converted<Number>(e.x), dout = converted<Number>(e.dout);
      out = {nans<Number>(e.x.size())};
      if (c.activation == Activation::gelu)
        reference::gelu_backward(out[0].data(), dout.data(), x.data(), e.rows * e.H);
      if (c.activation == Activation::relu2)
        reference::relu2_backward(out[0].data(), dout.data(), x.data(), e.rows * e.H);
      if (c.activation == Activation::swiglu)
        reference::swiglu_backward(out[0].data(), dout.data(), x.data(), e.rows, e.H);
    });
    test::expect_engine_agrees({"dx"}, expected, test::no_scratch, [&](const Context& context) {
      auto again = nans<float>(e.rows * e.H), dx = nans<float>(e.x.size());
      activation_backward(context, c.activation, again.data(), dx.data(), e.dout.data(), e.x.data(),
                          e.rows, e.H);
      test::expect_same_bits("f(x) again", again, e.forward(context));
      auto in_place = e.dout, dx_again = nans<float>(e.x.size());
      activation_backward(context, c.activation, in_place.data(), dx_again.data(), in_place.data(),
                          e.x.data(), e.rows, e.H);
      test::expect_same_bits("f(x) over dout", in_place, again);
      test::expect_same_bits("dx beside it", dx_again, dx);
      return Tensors<float>{dx};
    });
  }
}

// x / (1 + e^-2u) does not cancel where 1 + tanh(u) does, far on the negative side: it is right
// relatively as long as e^-2u is finite. 2u is off by 7 roundings (x^3 2, cubic and product 2, sum,
// the constant and its product 2), the exponential multiplies that by |2u| and adds 2.4, and sum,
// quotient and product add one each.
TEST(Activation, GelusTailIsRelativelyRight) {
  const test::EngineContext context(1, Arithmetic::strict);
  for (float x = -9.9f; x < 10; x += 0.0173f) {
    const double v = x, two_u = 2 * reference::kGeluScale * (v + reference::kGeluCubic * v * v * v);
    if (two_u < -87) continue;
    const double expected = v / (1 + std::exp(-two_u));
    float out;
    activation_forward(context, Activation::gelu, &out, &x, 1, 1);
    const double units = 7 * std::abs(two_u) + 2.4 + 3;
    EXPECT_NEAR(out, expected, units * test::kFloatUnit * std::abs(expected)) << x;
  }
}

TEST(Activation, FarOutIsZeroOrItself) {
  const test::EngineContext context(1, Arithmetic::strict);
  const std::vector<float> x = {0.0f, -0.0f, 50.0f, -50.0f, 1e12f, -1e12f};
  const auto n = static_cast<std::int64_t>(x.size());
  std::vector<float> out(n), dx(n), ones(n, 1.0f);
  activation_backward(context, Activation::gelu, out.data(), dx.data(), ones.data(), x.data(), 1,
                      n);
  EXPECT_EQ(out, (std::vector<float>{0, 0, 50, 0, 1e12f, 0}));
  EXPECT_EQ(dx, (std::vector<float>{0.5f, 0.5f, 1, 0, 1, 0}));
  activation_backward(context, Activation::relu2, out.data(), dx.data(), ones.data(), x.data(), 1,
                      n);
  EXPECT_EQ(out, (std::vector<float>{0, 0, 2500, 0, 1e12f * 1e12f, 0}));
  EXPECT_EQ(dx, (std::vector<float>{0, 0, 100, 0, 2e12f, 0}));

  // Gates far out, each of which lets 3 through.
  std::vector<float> gates = x, dgates(2 * n);
  gates.insert(gates.end(), n, 3.0f);
  activation_backward(context, Activation::swiglu, out.data(), dgates.data(), ones.data(),
                      gates.data(), 1, n);
  EXPECT_EQ(out, (std::vector<float>{0, 0, 150, out[3], 3e12f, 0}));
  EXPECT_NEAR(out[3], 0, 1e-18);  // the sigmoid of -50 is no zero yet
  EXPECT_EQ(dgates[0], 1.5f);
  EXPECT_EQ(dgates[2], 3);
  EXPECT_EQ(dgates[5], 0);
  EXPECT_EQ(dgates[n + 4], 1e12f);
}

// Where the input is no number, the output says so.
TEST(Activation, NaNStays) {
  const test::EngineContext context(1, Arithmetic::strict);
  const std::vector<float> x(2, std::numeric_limits<float>::quiet_NaN());
  for (const Activation activation : {Activation::gelu, Activation::relu2, Activation::swiglu}) {
    float out = 0;
    activation_forward(context, activation, &out, x.data(), 1, 1);
    EXPECT_TRUE(std::isnan(out));
  }
}

}  // namespace
}  // namespace clearformer
