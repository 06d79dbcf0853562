#include "base/math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "tests/engine/support/random.h"
#include "tests/engine/support/sampled.h"

namespace clearformer {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kUnit = test::kDoubleUnit;
// libm's own functions are off by less than one unit in the last place.
constexpr double kLibraryUnits = 2;

// With x = m 2^e: m - 1 is exact, s carries the rounding of m + 1 and of the division (2 units),
// 2 s + ... one more, the last sum one more; the series, a hundredth of s, next to nothing. Where
// e is not 0 the result is no smaller than 2 s, so relative errors only shrink: 4 units, and one
// for all that is small.
void expect_log(double x) {
  const double expected = std::log(x);
  EXPECT_NEAR(log(x), expected, (5 + kLibraryUnits) * kUnit * std::abs(expected)) << x;
}

TEST(Math, LogOverAllMagnitudes) {
  test::Random random(1);
  for (int i = 0; i < 4000; ++i)
    expect_log(std::ldexp(random.uniform(1, 2), static_cast<int>(random.uniform(-1022, 1023))));
  expect_log(std::numeric_limits<double>::min());
  expect_log(std::numeric_limits<double>::max());
}

// Near 1 the logarithm is small and must still be relatively right; at the ends of m's interval the
// series is longest.
TEST(Math, LogWhereItIsHardest) {
  for (const double centre : {1.0, std::numbers::sqrt2, std::numbers::sqrt2 / 2, 2.0, 0.5}) {
    double x = centre;
    for (int i = 0; i < 50; ++i) x = std::nextafter(x, 0);
    for (int i = 0; i < 100; ++i, x = std::nextafter(x, 4)) expect_log(x);
  }
  for (double d = 1e-15; d < 0.5; d *= 1.7) {
    expect_log(1 + d);
    expect_log(1 - d);
  }
}

TEST(Math, LogOfSpecialValues) {
  EXPECT_EQ(log(1), 0);
  EXPECT_EQ(log(0), -kInfinity);
  EXPECT_EQ(log(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(log(-1)));
  EXPECT_TRUE(std::isnan(log(-kInfinity)));
  EXPECT_TRUE(std::isnan(log(std::numeric_limits<double>::quiet_NaN())));
}

// e^r: r is off by a unit of its own and one of n ln 2's low part, both below half a unit of the
// result; Horner's last steps add one each, those before next to nothing; 2^n is exact.
TEST(Math, ExpOverItsRange) {
  const auto expect_exp = [](double x) {
    const double expected = std::exp(x);
    EXPECT_NEAR(exp(x), expected, (3 + kLibraryUnits) * kUnit * expected) << x;
  };
  test::Random random(6);
  for (int i = 0; i < 4000; ++i) expect_exp(random.uniform(-700, 700));
  for (int i = 0; i < 4000; ++i) expect_exp(random.normal());
  for (double x = 1e-17; x < 1; x *= 3) {
    expect_exp(x);
    expect_exp(-x);
  }
  EXPECT_EQ(exp(0.0), 1);
}

// y = pi r, |y| <= pi/2: pi and the product round (1.5 units), so y^2 is off by 4; its share in the
// cosine is y sin(y) / 2 <= pi/4 of that: 3.2 units absolute. The last Horner steps add a rounding
// of a product, of a quotient and of a difference, each of numbers up to y^2 / 2 = 1.24: 4. What we
// compare with has 1.5 units of pi/2 in its own argument, and its last place.
TEST(Math, CosPi) {
  const auto expected = [](double x) {
    const double r = x - 2 * std::nearbyint(x / 2);  // exact, in [-1, 1]
    return std::cos(std::numbers::pi * r);
  };
  // There |pi r| <= pi: twice the error of pi/2.
  constexpr double kTolerance = (3.2 + 4 + 1.5 * std::numbers::pi + kLibraryUnits) * kUnit;
  test::Random random(2);
  for (int i = 0; i < 4000; ++i) {
    const double x =
        random.uniform(-1, 1) * std::ldexp(1, static_cast<int>(random.uniform(-20, 40)));
    ASSERT_NEAR(cos_pi(x), expected(x), kTolerance) << x;
    ASSERT_EQ(cos_pi(x), cos_pi(-x)) << x;
  }
}

TEST(Math, CosPiOfWholeNumbersIsExact) {
  for (const double n : {0.0, 2.0, -2.0, 1000.0, 0x1p50}) EXPECT_EQ(cos_pi(n), 1) << n;
  for (const double n : {1.0, -1.0, 3.0, 1001.0, 0x1p50 + 1}) EXPECT_EQ(cos_pi(n), -1) << n;
}

// A square is off by twice its base's error and a rounding: base^n by less than n units.
TEST(Math, Power) {
  for (const double base : {0.9, 0.99, 0.999, 1.0, 1.0 / 3, 2.5}) {
    for (long long n = 0; n < 3000; n = n * 5 / 4 + 1) {
      const double expected = std::pow(base, static_cast<double>(n));
      if (!std::isfinite(expected) || expected < std::numeric_limits<double>::min()) continue;
      EXPECT_NEAR(power(base, n), expected,
                  (static_cast<double>(n) + kLibraryUnits) * kUnit * expected)
          << base << "^" << n;
    }
  }
  EXPECT_EQ(power(0, 0), 1);
  EXPECT_EQ(power(0, 5), 0);
  EXPECT_EQ(power(2, 40), 0x1p40);
  EXPECT_EQ(power(0.5, 5000), 0);
}

}  // namespace
}  // namespace clearformer
