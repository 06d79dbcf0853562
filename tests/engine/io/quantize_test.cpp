#include "io/quantize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/rng.h"

namespace clearformer {
namespace {

constexpr double kUnit = 0x1p-24;  // of rounding to float

struct Rows {
  std::vector<std::int8_t> codes;
  std::vector<float> scales, values;
};

Rows there_and_back(const std::vector<float>& values, std::size_t rows) {
  Rows result{std::vector<std::int8_t>(values.size()), std::vector<float>(rows),
              std::vector<float>(values.size())};
  quantize_rows(values, result.codes, result.scales);
  dequantize_rows(result.codes, result.scales, result.values);
  return result;
}

// Let s be the scale, |w| <= 127 s (1 + u) for rounding s, and u the unit of rounding.
//   w / s is rounded:      off by at most 127 (1 + u) u      < 127.1 u
//   a half is added:       off by at most 127.5 u
//   cut to a whole number: off by at most 1/2
//   q s is rounded:        off by at most 127 u              (in units of s)
// so |q s - w| <= s (1/2 + 382 u).
double most_wrong(float scale) {
  return scale * (0.5 + 382 * kUnit);
}

TEST(Quantize, EveryValueComesBackWithinTheDerivedBound) {
  const Rng rng(3, Stream::kTest);
  constexpr std::size_t kRows = 41, kCols = 67;
  std::vector<float> values(kRows * kCols);
  // Rows of very different sizes: a row's scale must be its own.
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(rng.normal(i) * std::pow(10.0, double(i / kCols) - 20));
  const Rows rows = there_and_back(values, kRows);
  double worst = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float scale = rows.scales[i / kCols];
    const double error = std::abs(double(rows.values[i]) - double(values[i]));
    EXPECT_LE(error, most_wrong(scale)) << i;
    worst = std::max(worst, error / scale);
  }
  // The bound is not idle: some value lies near the middle between two codes.
  EXPECT_GT(worst, 0.49);
}

TEST(Quantize, ARowsLargestMagnitudeHasTheLargestCode) {
  const Rows rows = there_and_back({0.5f, -2, 1, 0, 3, 0.25f}, 2);
  EXPECT_EQ(rows.codes, (std::vector<std::int8_t>{32, -127, 64, 0, 127, 11}));
  EXPECT_FLOAT_EQ(rows.values[1], -2);
  EXPECT_FLOAT_EQ(rows.values[4], 3);
}

TEST(Quantize, ZerosStayZeros) {
  const Rows rows = there_and_back({0, -0.0f, 0, 1}, 2);
  EXPECT_EQ(rows.codes, (std::vector<std::int8_t>{0, 0, 0, 127}));
  EXPECT_EQ(rows.values[0], 0);
}

TEST(Quantize, TheSmallestAndTheLargestNumbersStayInRange) {
  constexpr float kTiny = std::numeric_limits<float>::denorm_min();
  constexpr float kHuge = std::numeric_limits<float>::max() / 2;
  // 190 tiny units over 127 round to a scale of one unit, and 190 codes there are not.
  const Rows rows = there_and_back({kTiny, 0, 190 * kTiny, -190 * kTiny, kHuge, -kHuge}, 3);
  EXPECT_EQ(rows.codes, (std::vector<std::int8_t>{0, 0, 127, -127, 127, -127}));
  for (const float value : rows.values) EXPECT_TRUE(std::isfinite(value));
}

TEST(Quantize, ReadingBackIsExactOnceRounded) {
  const Rng rng(4, Stream::kTest);
  std::vector<float> values(35);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(rng.normal(i));
  const Rows once = there_and_back(values, 5);
  EXPECT_EQ(there_and_back(once.values, 5).codes, once.codes);
}

}  // namespace
}  // namespace clearformer
