#include "ops/cross_entropy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "ops/grain.h"
#include "reference/cross_entropy.h"
#include "tests/engine/support/engine_check.h"

namespace clearformer {
namespace {

using test::converted;
using test::nans;
using test::Tensors;

struct Shape {
  std::int64_t rows;
  int V;
};
const std::vector<Shape>& shapes() {
  static const std::vector<Shape> shapes = {
      {1, 1}, {3, 2}, {5, 16}, {7, 65}, {2 * kElementsPerTask / 33, 33}};
  return shapes;
}

struct Example {
  explicit Example(const Shape& s, std::uint64_t seed) {
    test::Random random(seed + s.rows * 1009 + s.V);
    logits = random.normals<float>(s.rows * s.V, 4.0);
    targets = random.tokens(s.rows, s.V);
  }
  std::vector<float> logits;
  std::vector<Token> targets;
};

TEST(CrossEntropy, ForwardAgrees) {
  for (const Shape& s : shapes()) {
    const Example e(s, 1);
    const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
      out = {nans<Number>(s.rows)};
      auto probabilities = nans<Number>(s.rows * s.V);
      reference::cross_entropy_forward(out[0].data(), probabilities.data(),
                                       converted<Number>(e.logits).data(), e.targets.data(), s.rows,
                                       s.V);
    });
    test::expect_engine_agrees({"losses"}, expected, test::no_scratch, [&](const Context& context) {
      auto losses = nans<float>(s.rows);
      cross_entropy_forward(context, losses.data(), e.logits.data(), e.targets.data(), s.rows, s.V);
      return Tensors<float>{losses};
    });
  }
}

// The loss that is trained on, with nothing besides, each term and both.
const std::vector<LossTerms>& terms() {
  static const std::vector<LossTerms> terms = {{}, {0.1f, 0}, {0, 1e-3f}, {0.3f, 0.02f}};
  return terms;
}

TEST(CrossEntropy, BackwardAgrees) {
  for (const LossTerms& with : terms()) {
    for (const Shape& s : shapes()) {
      const Example e(s, 2);
      const double dloss = 0.75;  // of the mean; one rounding more, in per_row
      const float per_row = static_cast<float>(dloss / static_cast<double>(s.rows));
      const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
        out = {nans<Number>(s.rows * s.V)};
        const auto logits = converted<Number>(e.logits);
        auto losses = nans<Number>(s.rows), probabilities = nans<Number>(s.rows * s.V);
        reference::cross_entropy_forward(losses.data(), probabilities.data(), logits.data(),
                                         e.targets.data(), s.rows, s.V);
        reference::cross_entropy_backward(out[0].data(), probabilities.data(), losses.data(),
                                          logits.data(), e.targets.data(),
                                          {with.label_smoothing, with.z_loss}, dloss, s.rows, s.V);
      });
      test::expect_engine_agrees(
          {"dlogits"}, expected, test::no_scratch, [&](const Context& context) {
            auto dlogits = nans<float>(s.rows * s.V);
            cross_entropy_backward(context, dlogits.data(), e.logits.data(), e.targets.data(), with,
                                   per_row, s.rows, s.V);
            auto in_place = e.logits;
            cross_entropy_backward(context, in_place.data(), in_place.data(), e.targets.data(),
                                   with, per_row, s.rows, s.V);
            test::expect_same_bits("in place", in_place, dlogits);
            return Tensors<float>{dlogits};
          });
    }
  }
}

// Smoothed over all, no token is better than another; the z-loss alone pushes log Z down.
TEST(CrossEntropy, TermsActAsTheyAreMeantTo) {
  const test::EngineContext context(1, Arithmetic::strict);
  const std::vector<float> even = {2, 2, 2, 2};
  const Token target = 1;
  std::vector<float> d(4);
  cross_entropy_backward(context, d.data(), even.data(), &target, {0.5f, 0}, 1, 1, 4);
  EXPECT_EQ(d, (std::vector<float>{0.125f, -0.375f, 0.125f, 0.125f}));
  const std::vector<float> certain = {-100, 50, -100, -100};  // log Z is 50
  cross_entropy_backward(context, d.data(), certain.data(), &target, {0, 0.25f}, 1, 1, 4);
  EXPECT_EQ(d, (std::vector<float>{0, 25, 0, 0}));
}

// Logits far apart neither overflow nor lose the loss: its limit is the distance.
TEST(CrossEntropy, FarApart) {
  const std::vector<float> logits = {1000, -1000, 0, 1000};
  const std::vector<Token> targets = {1, 0};
  std::vector<float> losses(2), dlogits(4);
  const test::EngineContext context(1, Arithmetic::strict);
  cross_entropy_forward(context, losses.data(), logits.data(), targets.data(), 2, 2);
  EXPECT_EQ(losses, (std::vector<float>{2000, 1000}));
  cross_entropy_backward(context, dlogits.data(), logits.data(), targets.data(), {}, 1, 2, 2);
  EXPECT_EQ(dlogits, (std::vector<float>{1, -1, -1, 1}));
}

TEST(CrossEntropy, WhatIsNotFiniteShows) {
  const float kNaN = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> logits = {0, kNaN, 1, 2, std::numeric_limits<float>::infinity(), 1};
  const std::vector<Token> targets = {0, 0};
  std::vector<float> losses(2);
  const test::EngineContext context(1, Arithmetic::strict);
  cross_entropy_forward(context, losses.data(), logits.data(), targets.data(), 2, 3);
  EXPECT_FALSE(std::isfinite(losses[0]));
  EXPECT_FALSE(std::isfinite(losses[1]));
}

}  // namespace
}  // namespace clearformer
