#include "kernels/vec_math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/engine/support/engine_check.h"

namespace clearformer {
namespace {

using simd::f32x16;
using simd::kLanes;
using test::kFloatUnit;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kDenormal = std::numeric_limits<float>::denorm_min();

// u = 2^-24, relative to e^r >= 0.7 where r = x - n ln 2, |r| <= 0.347:
//   r's last subtraction rounds by 2^-26          0.25 u / 0.7 * e^r  <= 0.4 u
//   the Taylor terms left out, r^8 / 8!           5.3e-9 / 0.7        <= 0.2 u
//   r^2/2 + ... is below 0.07, off by 4 u         0.28 u / 0.7        <= 0.4 u
//   adding r to that, below 0.42, rounds by 2^-26                     <= 0.4 u
//   adding 1 rounds by u where the sum is above 1, else by u/2 / 0.7  <= u
// Together 2.4 u. A result below the normal numbers also rounds to a multiple of the smallest.
constexpr double kExpUnits = 2.4;

void expect_exp(float x) {
  const double expected = std::exp(static_cast<double>(x));
  const double rounding = expected < std::numeric_limits<float>::min() ? kDenormal / 2.0 : 0.0;
  ASSERT_NEAR(exp(x), expected, kExpUnits * kFloatUnit * expected + rounding) << x;
}

TEST(VecExp, OverItsWholeRange) {
  for (float x = -104.5f; x < 88.7f; x += 0.00513f) expect_exp(x);
}

TEST(VecExp, NearZero) {
  for (float x = 1e-30f; x < 1; x *= 1.37f) {
    expect_exp(x);
    expect_exp(-x);
  }
}

// Where n changes, r is at the ends of its interval.
TEST(VecExp, AtHalfMultiplesOfLn2) {
  for (int n = -200; n <= 200; ++n) {
    float x = static_cast<float>((n + 0.5) * std::log(2.0));
    if (x < -104 || x > 88.7f) continue;
    for (int i = 0; i < 4; ++i) x = std::nextafter(x, -kInfinity);
    for (int i = 0; i < 8; ++i, x = std::nextafter(x, kInfinity)) expect_exp(x);
  }
}

TEST(VecExp, SpecialValues) {
  EXPECT_EQ(exp(0.0f), 1.0f);
  EXPECT_EQ(exp(-0.0f), 1.0f);
  EXPECT_EQ(exp(kInfinity), kInfinity);
  EXPECT_EQ(exp(-kInfinity), 0.0f);
  EXPECT_TRUE(std::isnan(exp(kNaN)));
  EXPECT_TRUE(std::isnan(exp(-kNaN)));
  EXPECT_EQ(exp(1e30f), kInfinity);
  EXPECT_EQ(exp(-1e30f), 0.0f);
  // ln of the largest float is 88.7228; of half the smallest, -103.972.
  EXPECT_TRUE(std::isfinite(exp(88.7228f)));
  EXPECT_EQ(exp(88.7229f), kInfinity);
  EXPECT_EQ(exp(-103.97f), kDenormal);
  EXPECT_EQ(exp(-103.98f), 0.0f);
}

TEST(VecExp, EveryLaneGivesTheScalarsBits) {
  const float special[] = {0.0f, -0.0f, kInfinity, -kInfinity, kNaN, 88.72f, -103.9f, 1e-40f};
  test::Random random(1);
  for (int round = 0; round < 500; ++round) {
    f32x16 x;
    for (int i = 0; i < kLanes; ++i)
      x[i] = round == 0 ? special[i % 8] : static_cast<float>(random.uniform(-110, 95));
    const f32x16 y = exp(x);
    for (int i = 0; i < kLanes; ++i)
      ASSERT_EQ(test::bits_of(y[i]), test::bits_of(exp(static_cast<float>(x[i])))) << x[i];
  }
}

// e^-x as above, the sum and the quotient round once each. Where e^-x is infinite, the result is
// 0, less than the smallest normal number away from what is right.
TEST(VecSigmoid, OverItsWholeRange) {
  for (float x = -120; x < 120; x += 0.037f) {
    const double expected = 1 / (1 + std::exp(-static_cast<double>(x)));
    ASSERT_NEAR(sigmoid(simd::splat(x))[0], expected,
                (kExpUnits + 2) * kFloatUnit * expected + std::numeric_limits<float>::min())
        << x;
  }
  EXPECT_EQ(sigmoid(simd::splat(kInfinity))[0], 1.0f);
  EXPECT_EQ(sigmoid(simd::splat(-kInfinity))[0], 0.0f);
  EXPECT_TRUE(std::isnan(sigmoid(simd::splat(kNaN))[0]));
}

}  // namespace
}  // namespace clearformer
