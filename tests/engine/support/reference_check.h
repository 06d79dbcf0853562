#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tests/engine/support/random.h"
#include "tests/engine/support/sampled.h"

// What the reference says a result must be, how far rounding may move it, and the comparison.
namespace clearformer::test {

template <class Number>
using Tensors = std::vector<std::vector<Number>>;

// An empty tensor is one that is absent: a null pointer to an op.
template <class Number>
const Number* pointer(const std::vector<Number>& tensor) {
  return tensor.empty() ? nullptr : tensor.data();
}
template <class Number>
Number* pointer(std::vector<Number>& tensor) {
  return tensor.empty() ? nullptr : tensor.data();
}

// A tensor as the reference computes it.
struct Expected {
  std::vector<double> values;
  std::vector<double> scatter;  // largest deviation over the samples, in unit roundoffs

  // How far a computation in arithmetic of this unit roundoff may be off at coordinate i. The
  // largest of 16 deviations is below half a standard deviation once in four million times, so 8 of
  // it are 4 standard deviations at the least, and some 15 as a rule.
  static constexpr int kSamples = 16;
  static constexpr double kSafety = 8;
  double tolerance(std::size_t i, double unit) const { return kSafety * unit * scatter[i]; }
};

// Runs compute(tensors), generic in the scalar (it fills a Tensors<Number>&), once in double and
// kSamples times with sampled rounding:
//
//   const auto expected = from_reference([&]<class Number>(Tensors<Number>& out) {
//     out = {nans<Number>(N)};
//     reference::gelu_forward(out[0].data(), converted<Number>(x).data(), N);
//   });
//   expect_agrees("gelu", fast.data(), expected[0], kFloatUnit);
template <class Compute>
std::vector<Expected> from_reference(const Compute& compute) {
  Tensors<double> values;
  compute(values);
  std::vector<Expected> expected;
  for (const auto& tensor : values) {
    expected.push_back({tensor, std::vector<double>(tensor.size(), 0.0)});
  }
  for (int sample = 0; sample < Expected::kSamples; ++sample) {
    Sampled::restart(sample);
    Tensors<Sampled> sampled;
    compute(sampled);
    for (std::size_t i = 0; i < values.size(); ++i) {
      for (std::size_t j = 0; j < values[i].size(); ++j) {
        const double deviation = std::abs(sampled[i][j].value - values[i][j]) / Sampled::kUnit;
        expected[i].scatter[j] = std::max(expected[i].scatter[j], deviation);
      }
    }
  }
  return expected;
}

// Expects |actual - expected| <= tolerance at every coordinate; names the first that is not.
// `actual` has expected.values.size() numbers, computed in arithmetic of unit roundoff `unit`.
template <class Actual>
void expect_agrees(const std::string& name, const Actual* actual, const Expected& expected,
                   double unit) {
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    const double tolerance = expected.tolerance(i, unit);
    const double error = std::abs(static_cast<double>(actual[i]) - expected.values[i]);
    // Written so that a NaN fails.
    if (!(error <= tolerance)) {
      ADD_FAILURE() << name << "[" << i << "] is " << actual[i] << ", expected "
                    << expected.values[i] << " within " << tolerance << ", off by " << error;
      return;
    }
  }
}

}  // namespace clearformer::test
