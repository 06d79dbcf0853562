#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <random>
#include <vector>

#include "base/token.h"

namespace clearformer::test {

// Numbers for tests: the same seed gives the same numbers.
class Random {
 public:
  explicit Random(std::uint64_t seed) : words_(seed) {}

  // Uniform in [low, high).
  double uniform(double low = 0.0, double high = 1.0) {
    constexpr double kTwoToMinus53 = 0x1p-53;
    return low + (high - low) * static_cast<double>(words_() >> 11) * kTwoToMinus53;
  }
  double normal(double std = 1.0) {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return std * radius * std::cos(2.0 * std::numbers::pi * uniform());
  }
  Token token(int vocab_size) { return static_cast<Token>(words_() % vocab_size); }

  // n normal numbers. Doubles too are exact in float, so that a fast op and the reference can be
  // given the same.
  template <class Number>
  std::vector<Number> normals(std::int64_t n, double std = 1.0) {
    std::vector<Number> out(n);
    for (Number& x : out) x = static_cast<float>(normal(std));
    return out;
  }
  std::vector<Token> tokens(std::int64_t n, int vocab_size) {
    std::vector<Token> out(n);
    for (Token& x : out) x = token(vocab_size);
    return out;
  }
  // n scales of dropout with probability p: 0 or 1 / (1 - p), the latter as float has it.
  std::vector<double> dropout_scales(std::int64_t n, float p) {
    std::vector<double> out(n);
    for (double& x : out) x = uniform() < p ? 0.0f : 1.0f / (1.0f - p);
    return out;
  }

 private:
  std::mt19937_64 words_;
};

// What an output holds before an op that must overwrite all of it.
template <class Number>
std::vector<Number> nans(std::int64_t n) {
  return std::vector<Number>(n, std::numeric_limits<double>::quiet_NaN());
}

// The same numbers as another type, e.g. floats as the reference's doubles.
template <class To, class From>
std::vector<To> converted(const std::vector<From>& from) {
  return std::vector<To>(from.begin(), from.end());
}

}  // namespace clearformer::test
