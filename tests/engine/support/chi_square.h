#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace clearformer::test {

// Expects counts of independent draws to fit the probabilities, by Pearson's statistic. Its tail is
// bounded by P(X >= k + 2 sqrt(k t) + 2 t) <= e^-t for k degrees of freedom: Laurent, Massart,
// "Adaptive estimation of a quadratic functional" (2000). t = 14 is once in a million.
// A bin of probability 0 must be empty; the others should expect five draws or more.
inline void expect_frequencies(const std::vector<std::int64_t>& counts,
                               const std::vector<double>& probabilities) {
  ASSERT_EQ(counts.size(), probabilities.size());
  std::int64_t draws = 0;
  for (const std::int64_t count : counts) draws += count;
  double statistic = 0, freedom = -1;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (probabilities[i] == 0) {
      EXPECT_EQ(counts[i], 0) << i;
      continue;
    }
    const double expected = static_cast<double>(draws) * probabilities[i];
    const double difference = static_cast<double>(counts[i]) - expected;
    statistic += difference * difference / expected;
    ++freedom;
  }
  constexpr double t = 14;
  EXPECT_LE(statistic, freedom + 2 * std::sqrt(freedom * t) + 2 * t);
}

}  // namespace clearformer::test
