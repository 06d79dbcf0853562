#include "text/decimal.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

namespace clearformer {
namespace {

double read(const std::string& text) {
  const char* end = nullptr;
  const double number = read_decimal(text.c_str(), &end);
  EXPECT_EQ(end, text.c_str() + text.size()) << text;
  return number;
}

std::string rest_of(const std::string& text) {
  const char* end = nullptr;
  read_decimal(text.c_str(), &end);
  return end;
}

std::string printed(const char* format, double number) {
  char buffer[1200];
  std::snprintf(buffer, sizeof buffer, format, number);
  return buffer;
}

TEST(ReadDecimal, ReadsEveryNotation) {
  EXPECT_EQ(read("0"), 0);
  EXPECT_TRUE(std::signbit(read("-0.0")));
  EXPECT_EQ(read("12"), 12);
  EXPECT_EQ(read("+.5"), 0.5);
  EXPECT_EQ(read("-5."), -5);
  EXPECT_EQ(read("1e3"), 1000);
  EXPECT_EQ(read("120E-1"), 12);
  EXPECT_EQ(read("0.0001"), 1e-4);
  EXPECT_EQ(read("00012"), 12);
  EXPECT_EQ(read("1e+22"), 1e22);
  EXPECT_EQ(read("0e999999999999"), 0);
}

TEST(ReadDecimal, TellsWhereTheNumberEnds) {
  for (const char* const none : {"", "-", "+", ".", "e5", "inf", "nan", " 1", "--1", "-."})
    EXPECT_EQ(rest_of(none), none);
  EXPECT_EQ(rest_of("1e"), "e");
  EXPECT_EQ(rest_of("1e+"), "e+");
  EXPECT_EQ(rest_of("1.5.5"), ".5");
  EXPECT_EQ(rest_of("0x10"), "x10");
  EXPECT_EQ(rest_of("1,5"), ",5");
}

TEST(ReadDecimal, IsTheNearestDouble) {
  std::mt19937_64 words(5);
  for (int i = 0; i < 3000; ++i) {
    const double number = std::bit_cast<double>(words());
    if (!std::isfinite(number)) continue;
    ASSERT_EQ(read(printed("%.17g", number)), number);
    // Some digits, of which no double is.
    const std::string few = printed("%.9e", number);
    ASSERT_EQ(read(few), std::strtod(few.c_str(), nullptr)) << few;
  }
}

TEST(ReadDecimal, TiesGoToTheEvenDouble) {
  EXPECT_EQ(read("9007199254740993"), 9007199254740992.0);
  EXPECT_EQ(read("9007199254740995"), 9007199254740996.0);
  EXPECT_EQ(read("9007199254740993." + std::string(900, '0') + "1"), 9007199254740994.0);
  // Whole numbers half way between two doubles, m * 2^k and (m + 1) * 2^k.
  std::mt19937_64 words(6);
  for (int i = 0; i < 500; ++i) {
    const int k = 1 + i % 10;
    const std::uint64_t m = words() >> 11 | std::uint64_t{1} << 52;
    const std::string half = std::to_string((2 * m + 1) << (k - 1));
    const double even = std::ldexp(static_cast<double>(m + m % 2), k);
    EXPECT_EQ(read(half), even) << half;
    EXPECT_EQ(read(half + "e-300"), std::strtod((half + "e-300").c_str(), nullptr)) << half;
    EXPECT_EQ(read(half + ".000"), even) << half;
    EXPECT_EQ(read(half + "." + std::string(850, '0') + "1"),
              std::ldexp(static_cast<double>(m + 1), k));
  }
}

TEST(ReadDecimal, TheEndsOfTheRange) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr double kLargest = std::numeric_limits<double>::max();
  constexpr double kSmallest = std::numeric_limits<double>::denorm_min();
  EXPECT_EQ(read("1.7976931348623157e308"), kLargest);
  EXPECT_EQ(read("1.7976931348623158e308"), kLargest);
  EXPECT_EQ(read("1.7976931348623159e308"), kInfinity);
  EXPECT_EQ(read("9.9e309"), kInfinity);
  EXPECT_EQ(read("-1e400"), -kInfinity);
  EXPECT_EQ(read("1e99999999999999999999"), kInfinity);
  EXPECT_EQ(read("1" + std::string(400, '0')), kInfinity);
  EXPECT_EQ(read("4.9e-324"), kSmallest);
  EXPECT_EQ(read("2.5e-324"), kSmallest);
  EXPECT_EQ(read("2.4e-324"), 0);
  EXPECT_EQ(read("1e-324"), 0);
  EXPECT_EQ(read("1e-99999999999999999999"), 0);
  EXPECT_EQ(read("0." + std::string(400, '0') + "1e401"), 1);
  EXPECT_EQ(read("2.2250738585072014e-308"), 0x1p-1022);
  EXPECT_EQ(read("2.2250738585072011e-308"), 0x0.fffffffffffffp-1022);
  EXPECT_EQ(read(printed("%.1074f", kSmallest)), kSmallest);
  EXPECT_EQ(read(printed("%.766e", kLargest)), kLargest);
}

// Against the C library: each number of digits, rounded half to even, of numbers large and small,
// of ties, of nines that carry, and of the fewest that read back.
TEST(ToDecimal, RoundsAsPrintfDoes) {
  std::mt19937_64 random(7);
  std::vector<double> numbers = {0.5, 2.5, 0.125, 9.5, 99.5, 9.996, 1e22, 1e23, 5e-324, 0x1p-1022};
  numbers.push_back(std::numeric_limits<double>::max());
  while (numbers.size() < 2000) {
    const double number = std::bit_cast<double>(random() >> 1);
    if (std::isfinite(number) && number > 0) numbers.push_back(number);
    numbers.push_back(static_cast<double>(random() >> 40) / 4096 + 1e-9);
  }
  for (const double number : numbers) {
    for (int most = 1; most <= 17; ++most) {
      const Decimal decimal = to_decimal(number, most);
      const std::string format = "%." + std::to_string(most - 1) + "e";
      const std::string text =
          decimal.digits + "e" +
          std::to_string(decimal.exponent + 1 - static_cast<int>(decimal.digits.size()));
      const std::string expected = printed(format.c_str(), number);
      ASSERT_EQ(read(text), read(expected)) << expected << " is not " << text;
      ASSERT_LE(static_cast<int>(decimal.digits.size()), most);
      ASSERT_NE(decimal.digits[0], '0');
      if (most < 17) continue;
      ASSERT_EQ(read(text), number);
      const int fewer = static_cast<int>(decimal.digits.size()) - 2;
      if (fewer >= 0)
        ASSERT_NE(read(printed(("%." + std::to_string(fewer) + "e").c_str(), number)), number);
    }
  }
}

}  // namespace
}  // namespace clearformer
