#pragma once

#include <gtest/gtest.h>

#include <complex>
#include <string>
#include <vector>

#include "tests/engine/support/reference_check.h"

// Checks an op of the reference against the complex step, at every coordinate of every input.
namespace clearformer::test {

// A tensor that an op reads and has a gradient for. Empty: absent (e.g. no bias).
struct Input {
  std::string name;
  std::vector<double> values;
  bool is_parameter = false;  // its gradient is added to (+=), else overwritten (=)
};

template <class Number>
Tensors<Number> values_of(const std::vector<Input>& inputs) {
  Tensors<Number> tensors;
  for (const Input& input : inputs) tensors.push_back(converted<Number>(input.values));
  return tensors;
}

// d(out . dout) / d inputs[i][j]. h is so small that its square is lost beside 1: only rounding
// separates the result from the derivative.
template <class Forward>
double complex_step(const Forward& forward, Tensors<std::complex<double>>& inputs, std::size_t i,
                    std::size_t j, const std::vector<double>& dout) {
  constexpr double kStep = 0x1p-200;
  std::vector<std::complex<double>> out;
  inputs[i][j].imag(kStep);
  forward(out, inputs);
  inputs[i][j].imag(0.0);
  double derivative = 0;
  for (std::size_t n = 0; n < out.size(); ++n) derivative += out[n].imag() * dout[n];
  return derivative / kStep;
}

// What backward leaves in gradients that held `fill` where they are added to and NaN where they are
// overwritten.
template <class Backward>
std::vector<Expected> gradients_over(const Tensors<double>& fill, const Backward& backward,
                                     const std::vector<Input>& inputs,
                                     const std::vector<double>& dout) {
  return from_reference([&]<class Number>(Tensors<Number>& gradients) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      gradients.push_back(inputs[i].is_parameter ? converted<Number>(fill[i])
                                                 : nans<Number>(inputs[i].values.size()));
    }
    backward(gradients, converted<Number>(dout), values_of<Number>(inputs));
  });
}

// The coarsest disagreement that a coordinate is allowed, relative to itself, whatever the scatter.
inline constexpr double kWorstRelativeError = 1e-7;

// Checks, at every coordinate of every input, that
// - the gradient agrees with the complex step as closely as rounding lets it, and to
//   kWorstRelativeError unless both are rounding and nothing else, as a key's bias gradient is;
// - parameter gradients are added to what was there, the others overwrite what was there.
//
// forward(out, inputs) sizes and fills `out`, a vector of numbers.
// backward(gradients, dout, inputs) finds gradients of inputs' shapes.
// Both are generic in the scalar, e.g. [](auto& out, const auto& in) {...}.
template <class Forward, class Backward>
void check_gradients(const std::vector<Input>& inputs, const Forward& forward,
                     const Backward& backward, Random& random) {
  std::vector<double> out;
  forward(out, values_of<double>(inputs));
  const auto dout = random.normals<double>(out.size());

  Tensors<double> zeros, noise;
  for (const Input& input : inputs) {
    zeros.emplace_back(input.values.size(), 0.0);
    noise.push_back(random.normals<double>(input.values.size()));
  }
  const std::vector<Expected> gradients = gradients_over(zeros, backward, inputs, dout);
  const std::vector<Expected> added = gradients_over(noise, backward, inputs, dout);

  auto complex_inputs = values_of<std::complex<double>>(inputs);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    for (std::size_t j = 0; j < inputs[i].values.size(); ++j) {
      const double actual = gradients[i].values[j];
      const double expected = complex_step(forward, complex_inputs, i, j, dout);
      const double tolerance = gradients[i].tolerance(j, kDoubleUnit);
      const double error = std::abs(actual - expected);
      const bool only_rounding = std::abs(actual) <= tolerance && std::abs(expected) <= tolerance;
      ASSERT_LE(error, tolerance) << inputs[i].name << "[" << j << "] is " << actual
                                  << ", by the complex step " << expected;
      ASSERT_TRUE(only_rounding || error <= kWorstRelativeError * std::abs(expected))
          << inputs[i].name << "[" << j << "] is " << actual << ", by the complex step "
          << expected;

      if (!inputs[i].is_parameter) {
        ASSERT_EQ(added[i].values[j], actual) << inputs[i].name << "[" << j << "]";
        continue;
      }
      // One more rounding, of noise + gradient.
      const double sum = noise[i][j] + actual;
      ASSERT_NEAR(added[i].values[j], sum,
                  added[i].tolerance(j, kDoubleUnit) + kDoubleUnit * std::abs(sum))
          << "not added to what was there: " << inputs[i].name << "[" << j << "]";
    }
  }
}

}  // namespace clearformer::test
