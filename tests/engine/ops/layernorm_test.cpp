#include "ops/layernorm.h"

#include <gtest/gtest.h>

#include "ops/grain.h"
#include "reference/layernorm.h"
#include "reference/residual.h"
#include "tests/engine/support/engine_check.h"

namespace clearformer {
namespace {

using test::converted;
using test::nans;
using test::pointer;
using test::Tensors;

struct Case {
  std::int64_t rows, C;
  bool bias;
};
const std::vector<Case>& cases() {
  static const std::vector<Case> cases = {
      {1, 1, true},  {1, 3, false},  {7, 5, true},
      {5, 16, true}, {3, 33, false}, {2 * kElementsPerTask / 75, 75, true}};  // several tasks
  return cases;
}

struct Example {
  explicit Example(const Case& c) : rows(c.rows), C(c.C) {
    test::Random random(rows * 1009 + C);
    x = random.normals<float>(rows * C);
    weight = random.normals<float>(C);
    if (c.bias) bias = random.normals<float>(C);
    dout = random.normals<float>(rows * C);
    dresidual = random.normals<float>(rows * C);
    noise_weight = random.normals<float>(C);
    noise_bias = random.normals<float>(bias.size());
    // A mean of several standard deviations, as a residual stream may have: it has to cancel.
    for (float& value : x) value += 3;
  }
  std::int64_t rows, C;
  std::vector<float> x, weight, bias, dout, dresidual, noise_weight, noise_bias;

  // out, mean, rstd.
  Tensors<float> forward(const Context& context) const {
    Tensors<float> out = {nans<float>(rows * C), nans<float>(rows), nans<float>(rows)};
    layernorm_forward(context, out[0].data(), out[1].data(), out[2].data(), x.data(), weight.data(),
                      pointer(bias), rows, C);
    return out;
  }
  template <class Number>
  Tensors<Number> reference_forward() const {
    Tensors<Number> out = {nans<Number>(rows * C), nans<Number>(rows), nans<Number>(rows)};
    const auto bias_n = converted<Number>(bias);
    reference::layernorm_forward(out[0].data(), out[1].data(), out[2].data(),
                                 converted<Number>(x).data(), converted<Number>(weight).data(),
                                 pointer(bias_n), rows, C);
    return out;
  }
};

TEST(LayerNorm, ForwardAgrees) {
  for (const Case& c : cases()) {
    const Example e(c);
    const auto expected = test::from_reference(
        [&]<class Number>(Tensors<Number>& out) { out = e.reference_forward<Number>(); });
    test::expect_engine_agrees({"out", "mean", "rstd"}, expected, test::no_scratch,
                               [&](const Context& context) { return e.forward(context); });
  }
}

TEST(LayerNorm, RecomputeGivesForwardsBits) {
  for (const Case& c : cases()) {
    const Example e(c);
    for (const int n_threads : test::thread_counts()) {
      const test::EngineContext context(n_threads, Arithmetic::strict);
      const Tensors<float> forward = e.forward(context);
      auto again = nans<float>(e.rows * e.C);
      layernorm_recompute(context, again.data(), e.x.data(), e.weight.data(), pointer(e.bias),
                          forward[1].data(), forward[2].data(), e.rows, e.C);
      test::expect_same_bits("out", again, forward[0]);
    }
  }
}

// With and without a gradient that comes past the LayerNorm.
TEST(LayerNorm, BackwardAgrees) {
  for (const Case& c : cases()) {
    for (const bool residual : {false, true}) {
      const Example e(c);
      const std::int64_t n = e.rows * e.C;
      const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
        const Tensors<Number> forward = e.reference_forward<Number>();
        out = {nans<Number>(n), converted<Number>(e.noise_weight), converted<Number>(e.noise_bias)};
        reference::layernorm_backward(
            out[0].data(), out[1].data(), pointer(out[2]), converted<Number>(e.dout).data(),
            converted<Number>(e.x).data(), converted<Number>(e.weight).data(), forward[1].data(),
            forward[2].data(), e.rows, e.C);
        if (residual) {
          const auto through = out[0];
          reference::residual_forward(out[0].data(), through.data(),
                                      converted<Number>(e.dresidual).data(), n);
        }
      });
      test::expect_engine_agrees(
          {"dx", "dweight", "dbias"}, expected, test::no_scratch, [&](const Context& context) {
            const Tensors<float> forward = e.forward(context);
            Tensors<float> out = {nans<float>(n), e.noise_weight, e.noise_bias};
            const auto backward = [&](float* dx, const float* dresidual, float* dweight,
                                      float* dbias) {
              layernorm_backward(context, dx, dweight, dbias, e.dout.data(), dresidual, e.x.data(),
                                 e.weight.data(), forward[1].data(), forward[2].data(), e.rows,
                                 e.C);
            };
            backward(out[0].data(), residual ? e.dresidual.data() : nullptr, out[1].data(),
                     pointer(out[2]));
            if (residual) {  // dresidual may be dx itself
              Tensors<float> again = {e.dresidual, e.noise_weight, e.noise_bias};
              backward(again[0].data(), again[0].data(), again[1].data(), pointer(again[2]));
              test::expect_same_bits("in place", again[0], out[0]);
            }
            return out;
          });
    }
  }
}

// A row of one value has no variance: epsilon alone keeps it finite.
TEST(LayerNorm, ConstantRows) {
  const std::int64_t C = 19;
  const std::vector<float> x(C, 2.5f), weight(C, 3.0f), bias(C, 0.25f);
  std::vector<float> out(C), mean(1), rstd(1);
  const test::EngineContext context(1, Arithmetic::strict);
  layernorm_forward(context, out.data(), mean.data(), rstd.data(), x.data(), weight.data(),
                    bias.data(), 1, C);
  EXPECT_EQ(out, bias);
  EXPECT_EQ(mean[0], 2.5f);
  // The sum, the root and the quotient round once each, and epsilon is rounded.
  const double expected = 1 / std::sqrt(reference::kLayerNormEpsilon);
  EXPECT_NEAR(rstd[0], expected, 3 * test::kFloatUnit * expected);
}

}  // namespace
}  // namespace clearformer
