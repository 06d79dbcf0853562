#include "kernels/reduce.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/engine/support/engine_check.h"

namespace clearformer {
namespace {

using simd::kLanes;
using test::bits_of;
using test::kFloatUnit;

constexpr std::int64_t kMaxSize = 70;

// The promised order: term i onto lane i % 16, then halves onto halves.
float tree_sum(const std::vector<float>& terms) {
  float lanes[kLanes] = {};
  for (std::size_t i = 0; i < terms.size(); ++i) lanes[i % kLanes] += terms[i];
  for (int half = kLanes / 2; half >= 1; half /= 2)
    for (int i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  return lanes[0];
}

// Each term goes through at most size / 16 + 1 sums of its lane and 4 of the tree.
double sum_tolerance(const std::vector<float>& terms) {
  double magnitudes = 0;
  for (const float term : terms) magnitudes += std::abs(static_cast<double>(term));
  return (static_cast<double>(terms.size()) / kLanes + 5) * kFloatUnit * magnitudes;
}

TEST(Reduce, SumsInTheFixedOrder) {
  test::Random random(1);
  for (std::int64_t size = 0; size <= kMaxSize; ++size) {
    const auto x = random.normals<float>(size);
    double expected = 0;
    for (const float term : x) expected += term;
    EXPECT_EQ(bits_of(sum(x.data(), size)), bits_of(tree_sum(x))) << size;
    EXPECT_NEAR(sum(x.data(), size), expected, sum_tolerance(x)) << size;
  }
}

TEST(Reduce, DotsInTheFixedOrder) {
  test::Random random(2);
  for (std::int64_t size = 0; size <= kMaxSize; ++size) {
    const auto a = random.normals<float>(size), b = random.normals<float>(size);
    std::vector<float> products(size);
    double expected = 0;
    for (std::int64_t i = 0; i < size; ++i) {
      products[i] = a[i] * b[i];
      expected += static_cast<double>(a[i]) * b[i];
    }
    const float result = dot(a.data(), b.data(), size);
    EXPECT_EQ(bits_of(result), bits_of(tree_sum(products))) << size;
    EXPECT_NEAR(result, expected, sum_tolerance(products) * (1 + kFloatUnit)) << size;
  }
}

TEST(Reduce, MaxFindsTheLargestAnywhere) {
  test::Random random(3);
  for (std::int64_t size = 1; size <= kMaxSize; ++size) {
    auto x = random.normals<float>(size);
    for (float& value : x) value -= 100;  // lanes past the end must not count as zero
    EXPECT_EQ(max(x.data(), size), *std::max_element(x.begin(), x.end())) << size;
    for (std::int64_t at = 0; at < size; ++at) {
      const float before = std::exchange(x[at], -1.0f);
      ASSERT_EQ(max(x.data(), size), -1.0f) << size << " at " << at;
      x[at] = before;
    }
  }
  const float lowest = -std::numeric_limits<float>::infinity();
  EXPECT_EQ(max(&lowest, 1), lowest);
}

TEST(Reduce, ColumnSumsAddInTheOrderOfRows) {
  test::Random random(5);
  for (const std::int64_t rows : {1, 3, 10}) {
    for (std::int64_t cols = 1; cols <= kMaxSize; ++cols) {
      const auto x = random.normals<float>(rows * cols), noise = random.normals<float>(cols);
      auto expected = noise;
      for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t c = 0; c < cols; ++c) expected[c] += x[row * cols + c];
      for (const int n_threads : test::thread_counts()) {
        auto out = noise;
        out.push_back(-1);
        const test::EngineContext context(n_threads, Arithmetic::strict);
        add_column_sums(context, out.data(), x.data(), rows, cols);
        EXPECT_EQ(out.back(), -1);
        out.pop_back();
        test::expect_same_bits("columns", out, expected);
      }
    }
  }
}

}  // namespace
}  // namespace clearformer
