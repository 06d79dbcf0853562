// The comparison itself: it must let honest rounding pass and catch what is barely wrong.
#include "tests/engine/support/reference_check.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <limits>

namespace clearformer {
namespace {

using test::expect_agrees;
using test::Expected;
using test::kFloatUnit;
using test::Tensors;

constexpr std::int64_t kRows = 101, kTerms = 257;

struct DotProducts {
  std::vector<float> x, y;  // (kRows, kTerms)

  DotProducts() {
    test::Random random(13);
    x = random.normals<float>(kRows * kTerms);
    y = random.normals<float>(kRows * kTerms);
  }

  // The sum of x*y in each row as four interleaved lanes or one, forwards or backwards.
  std::vector<float> in_float(int lanes, bool backwards) const {
    std::vector<float> out;
    for (std::int64_t row = 0; row < kRows; ++row) {
      std::vector<float> sums(lanes, 0.0f);
      for (std::int64_t i = 0; i < kTerms; ++i) {
        const std::int64_t at = row * kTerms + (backwards ? kTerms - 1 - i : i);
        sums[i % lanes] += x[at] * y[at];
      }
      float sum = 0.0f;
      for (const float lane : sums) sum += lane;
      out.push_back(sum);
    }
    return out;
  }

  Expected expected() const {
    return test::from_reference([&]<class Number>(Tensors<Number>& out) {
      std::vector<Number> sums(kRows, 0.0);
      for (std::int64_t i = 0; i < kRows * kTerms; ++i) {
        sums[i / kTerms] += Number(x[i]) * Number(y[i]);
      }
      out = {sums};
    })[0];
  }
};

TEST(ReferenceCheck, LetsAnyOrderOfSummationPass) {
  const DotProducts dots;
  const Expected expected = dots.expected();
  for (const int lanes : {1, 4, 16}) {
    for (const bool backwards : {false, true}) {
      expect_agrees("dot", dots.in_float(lanes, backwards).data(), expected, kFloatUnit);
    }
  }
}

// n roundings of partial sums, which are themselves up to sqrt(n) large, wander by some sqrt(n) of
// them, so by n u: the tolerance must be kSafety times something of that size. The worst case would
// be n roundings of n terms.
TEST(ReferenceCheck, ToleranceIsOfTheSizeOfRounding) {
  const Expected expected = DotProducts().expected();
  const double wander = kFloatUnit * static_cast<double>(kTerms);
  for (std::int64_t row = 0; row < kRows; ++row) {
    EXPECT_GT(expected.tolerance(row, kFloatUnit), wander);
    EXPECT_LT(expected.tolerance(row, kFloatUnit), 4 * Expected::kSafety * wander);
  }
}

TEST(ReferenceCheck, CatchesOneTermLeftOut) {
  const DotProducts dots;
  std::vector<float> out = dots.in_float(4, false);
  out[17] -= dots.x[17 * kTerms] * dots.y[17 * kTerms];
  EXPECT_NONFATAL_FAILURE(expect_agrees("dot", out.data(), dots.expected(), kFloatUnit),
                          "dot[17] is ");
}

TEST(ReferenceCheck, CatchesNaN) {
  const DotProducts dots;
  std::vector<float> out = dots.in_float(4, false);
  out[kRows - 1] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_NONFATAL_FAILURE(expect_agrees("dot", out.data(), dots.expected(), kFloatUnit),
                          "dot[100] is nan");
}

}  // namespace
}  // namespace clearformer
