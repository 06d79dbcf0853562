#include "ops/gelu.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ops/grain.h"
#include "reference/gelu.h"
#include "tests/engine/support/engine_check.h"

namespace clearformer {
namespace {

using test::converted;
using test::nans;
using test::Tensors;

const std::vector<std::int64_t>& sizes() {
  static const std::vector<std::int64_t> sizes = {1, 15, 16, 17, 2 * kElementsPerTask + 5};
  return sizes;
}

TEST(Gelu, ForwardAgrees) {
  for (const std::int64_t size : sizes()) {
    const auto x = test::Random(size).normals<float>(size, 2.0);
    const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
      out = {nans<Number>(size)};
      reference::gelu_forward(out[0].data(), converted<Number>(x).data(), size);
    });
    test::expect_engine_agrees({"out"}, expected, test::no_scratch, [&](const Context& context) {
      auto out = nans<float>(size);
      gelu_forward(context, out.data(), x.data(), size);
      auto in_place = x;
      gelu_forward(context, in_place.data(), in_place.data(), size);
      test::expect_same_bits("in place", in_place, out);
      return Tensors<float>{out};
    });
  }
}

TEST(Gelu, BackwardAgrees) {
  for (const std::int64_t size : sizes()) {
    test::Random random(size + 1);
    const auto x = random.normals<float>(size, 2.0), dout = random.normals<float>(size);
    const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
      out = {nans<Number>(size)};
      reference::gelu_backward(out[0].data(), converted<Number>(dout).data(),
                               converted<Number>(x).data(), size);
    });
    test::expect_engine_agrees({"dx"}, expected, test::no_scratch, [&](const Context& context) {
      auto again = nans<float>(size), out = again, dx = again;
      gelu_backward(context, again.data(), dx.data(), dout.data(), x.data(), size);
      gelu_forward(context, out.data(), x.data(), size);
      test::expect_same_bits("gelu(x) again", again, out);
      auto in_place = dout;
      gelu_backward(context, again.data(), in_place.data(), in_place.data(), x.data(), size);
      test::expect_same_bits("in place", in_place, dx);
      return Tensors<float>{dx};
    });
  }
}

// x / (1 + e^-2u) does not cancel where 1 + tanh(u) does, far on the negative side: it is right
// relatively as long as e^-2u is finite. 2u is off by 7 roundings (x^3 2, cubic and product 2, sum,
// the constant and its product 2), the exponential multiplies that by |2u| and adds 2.4, and sum,
// quotient and product add one each.
TEST(Gelu, TailIsRelativelyRight) {
  const test::EngineContext context(1, Arithmetic::strict);
  for (float x = -9.9f; x < 10; x += 0.0173f) {
    const double v = x, two_u = 2 * reference::kGeluScale * (v + reference::kGeluCubic * v * v * v);
    if (two_u < -87) continue;
    const double expected = v / (1 + std::exp(-two_u));
    float out;
    gelu_forward(context, &out, &x, 1);
    const double units = 7 * std::abs(two_u) + 2.4 + 3;
    EXPECT_NEAR(out, expected, units * test::kFloatUnit * std::abs(expected)) << x;
  }
}

TEST(Gelu, FarOutIsZeroOrItself) {
  const test::EngineContext context(1, Arithmetic::strict);
  const std::vector<float> x = {0.0f, -0.0f, 50.0f, -50.0f, 1e12f, -1e12f};
  std::vector<float> out(x.size()), dx(x.size()), ones(x.size(), 1.0f);
  gelu_backward(context, out.data(), dx.data(), ones.data(), x.data(), x.size());
  EXPECT_EQ(out, (std::vector<float>{0, 0, 50, 0, 1e12f, 0}));
  EXPECT_EQ(dx, (std::vector<float>{0.5f, 0.5f, 1, 0, 1, 0}));
}

}  // namespace
}  // namespace clearformer
