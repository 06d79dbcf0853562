#include "ops/norm.h"

#include <gtest/gtest.h>

#include "ops/grain.h"
#include "reference/layernorm.h"
#include "reference/residual.h"
#include "reference/rmsnorm.h"
#include "tests/engine/support/engine_check.h"

namespace clearformer {
namespace {

using test::converted;
using test::nans;
using test::pointer;
using test::Tensors;

struct Case {
  NormShape shape;
  bool bias, rms;
};
// The last rows of each kind are several tasks.
const std::vector<Case>& cases() {
  constexpr std::int64_t kMany = 2 * kElementsPerTask / 75;
  static const std::vector<Case> cases = {
      {{1, 1}, true, false},         {{1, 3}, false, false},
      {{7, 5}, true, false},         {{5, 16}, true, false},
      {{3, 33}, false, false},       {{kMany, 75}, true, false},
      {{1, 1}, false, true},         {{7, 5}, false, true},
      {{3, 33}, false, true},        {{kMany, 75}, false, true},
      {{1, 1, 2, 3}, false, true},   {{5, 3, 4, 14}, false, true},
      {{3, 17, 2, 40}, false, true}, {{kMany, 15, 5, 75}, false, false}};
  return cases;
}

struct Example {
  explicit Example(const Case& c) : shape(c.shape), rms(c.rms), N(shape.rows * shape.groups) {
    test::Random random(shape.rows * 1009 + shape.C);
    const std::int64_t size = shape.rows * shape.stride;
    x = random.normals<float>(size);
    weight = random.normals<float>(shape.C);
    if (c.bias) bias = random.normals<float>(shape.C);
    dout = random.normals<float>(size);
    dresidual = random.normals<float>(size);
    noise_weight = random.normals<float>(shape.C);
    noise_bias = random.normals<float>(bias.size());
    // A mean of several standard deviations, as a residual stream may have: it has to cancel.
    for (float& value : x) value += 3;
  }
  NormShape shape;
  bool rms;
  std::int64_t N;  // vectors
  std::vector<float> x, weight, bias, dout, dresidual, noise_weight, noise_bias;

  // The vectors of a tensor like x, one after another, as the reference has them.
  std::vector<float> vectors(const std::vector<float>& tensor) const {
    std::vector<float> gathered;
    for (std::int64_t row = 0; row < shape.rows; ++row)
      for (std::int64_t c = 0; c < shape.groups * shape.C; ++c)
        gathered.push_back(tensor[row * shape.stride + c]);
    return gathered;
  }
  // What lies between them is not written.
  void expect_untouched(const std::vector<float>& tensor) const {
    for (std::int64_t i = 0; i < shape.rows * shape.stride; ++i)
      if (i % shape.stride >= shape.groups * shape.C) ASSERT_TRUE(std::isnan(tensor[i])) << i;
  }

  struct Forward {
    std::vector<float> out, mean, rstd;
  };
  Forward forward(const Context& context) const {
    Forward f{nans<float>(x.size()), nans<float>(rms ? 0 : N), nans<float>(N)};
    norm_forward(context, f.out.data(), pointer(f.mean), f.rstd.data(), x.data(), weight.data(),
                 pointer(bias), shape);
    return f;
  }
  // out, rstd, mean.
  template <class Number>
  Tensors<Number> reference_forward() const {
    const std::int64_t C = shape.C;
    const auto x_n = converted<Number>(vectors(x)), weight_n = converted<Number>(weight);
    const auto bias_n = converted<Number>(bias);
    Tensors<Number> out = {nans<Number>(N * C), nans<Number>(N), nans<Number>(rms ? 0 : N)};
    if (rms) {
      reference::rmsnorm_forward(out[0].data(), out[1].data(), x_n.data(), weight_n.data(), N, C);
    } else {
      reference::layernorm_forward(out[0].data(), out[2].data(), out[1].data(), x_n.data(),
                                   weight_n.data(), pointer(bias_n), N, C);
    }
    return out;
  }
  // dx, dweight, dbias.
  template <class Number>
  Tensors<Number> reference_backward() const {
    const std::int64_t C = shape.C;
    const Tensors<Number> forward = reference_forward<Number>();
    const auto x_n = converted<Number>(vectors(x)), weight_n = converted<Number>(weight);
    const auto dout_n = converted<Number>(vectors(dout));
    Tensors<Number> out = {nans<Number>(N * C), converted<Number>(noise_weight),
                           converted<Number>(noise_bias)};
    if (rms) {
      reference::rmsnorm_backward(out[0].data(), out[1].data(), dout_n.data(), x_n.data(),
                                  weight_n.data(), forward[1].data(), N, C);
    } else {
      reference::layernorm_backward(out[0].data(), out[1].data(), pointer(out[2]), dout_n.data(),
                                    x_n.data(), weight_n.data(), forward[2].data(),
                                    forward[1].data(), N, C);
    }
    return out;
  }
};

TEST(Norm, ForwardAgrees) {
  for (const Case& c : cases()) {
    const Example e(c);
    const auto expected = test::from_reference(
        [&]<class Number>(Tensors<Number>& out) { out = e.reference_forward<Number>(); });
    test::expect_engine_agrees(
        {"out", "rstd", "mean"}, expected, test::no_scratch, [&](const Context& context) {
          const Example::Forward f = e.forward(context);
          e.expect_untouched(f.out);
          auto in_place = e.x, rstd = f.rstd, mean = f.mean;
          norm_forward(context, in_place.data(), pointer(mean), rstd.data(), in_place.data(),
                       e.weight.data(), pointer(e.bias), e.shape);
          test::expect_same_bits("in place", e.vectors(in_place), e.vectors(f.out));
          return Tensors<float>{e.vectors(f.out), f.rstd, f.mean};
        });
  }
}

TEST(Norm, RecomputeGivesForwardsBits) {
  for (const Case& c : cases()) {
    const Example e(c);
    for (const int n_threads : test::thread_counts()) {
      const test::EngineContext context(n_threads, Arithmetic::strict);
      const Example::Forward f = e.forward(context);
      auto again = nans<float>(e.x.size());
      norm_recompute(context, again.data(), e.x.data(), e.weight.data(), pointer(e.bias),
                     pointer(f.mean), f.rstd.data(), e.shape);
      e.expect_untouched(again);
      test::expect_same_bits("out", e.vectors(again), e.vectors(f.out));
    }
  }
}

// With and without a gradient that comes past the norm.
TEST(Norm, BackwardAgrees) {
  for (const Case& c : cases()) {
    for (const bool residual : {false, true}) {
      const Example e(c);
      const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
        out = e.reference_backward<Number>();
        if (!residual) return;
        const auto through = out[0];
        reference::residual_forward(out[0].data(), through.data(),
                                    converted<Number>(e.vectors(e.dresidual)).data(),
                                    static_cast<std::int64_t>(through.size()));
      });
      test::expect_engine_agrees(
          {"dx", "dweight", "dbias"}, expected, test::no_scratch, [&](const Context& context) {
            const Example::Forward f = e.forward(context);
            Tensors<float> out = {nans<float>(e.x.size()), e.noise_weight, e.noise_bias};
            const auto backward = [&](std::vector<float>& dx, const std::vector<float>& dout,
                                      const std::vector<float>& dresidual) {
              Tensors<float> parameters = {e.noise_weight, e.noise_bias};
              norm_backward(context, dx.data(), parameters[0].data(), pointer(parameters[1]),
                            dout.data(), residual ? dresidual.data() : nullptr, e.x.data(),
                            e.weight.data(), pointer(f.mean), f.rstd.data(), e.shape);
              return parameters;
            };
            const Tensors<float> parameters = backward(out[0], e.dout, e.dresidual);
            e.expect_untouched(out[0]);
            // dresidual may be dx itself, and so may dout.
            auto over_residual = e.dresidual, over_dout = e.dout;
            if (residual) {
              backward(over_residual, e.dout, over_residual);
              test::expect_same_bits("in place", e.vectors(over_residual), e.vectors(out[0]));
            }
            backward(over_dout, over_dout, e.dresidual);
            test::expect_same_bits("in place", e.vectors(over_dout), e.vectors(out[0]));
            return Tensors<float>{e.vectors(out[0]), parameters[0], parameters[1]};
          });
    }
  }
}

// A row of one value has no variance: epsilon alone keeps it finite. Nor has a row of zeros a
// square.
TEST(Norm, ConstantRows) {
  const std::int64_t C = 19;
  const std::vector<float> x(C, 2.5f), zeros(C), weight(C, 3.0f), bias(C, 0.25f);
  std::vector<float> out(C), mean(1), rstd(1);
  const test::EngineContext context(1, Arithmetic::strict);
  norm_forward(context, out.data(), mean.data(), rstd.data(), x.data(), weight.data(), bias.data(),
               {1, C});
  EXPECT_EQ(out, bias);
  EXPECT_EQ(mean[0], 2.5f);
  // The sum, the root and the quotient round once each, and epsilon is rounded.
  const double expected = 1 / std::sqrt(reference::kLayerNormEpsilon);
  EXPECT_NEAR(rstd[0], expected, 3 * test::kFloatUnit * expected);
  norm_forward(context, out.data(), nullptr, rstd.data(), zeros.data(), weight.data(), nullptr,
               {1, C});
  EXPECT_EQ(out, zeros);
  EXPECT_NEAR(rstd[0], expected, 3 * test::kFloatUnit * expected);
}

}  // namespace
}  // namespace clearformer
