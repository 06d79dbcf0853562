#include "base/math.h"

#include <bit>
#include <cstdint>
#include <limits>

namespace clearformer {
namespace {

// ln 2 in two parts: 42 bits, so that the product with a whole exponent is exact, and the rest.
constexpr double kLn2High = 0x1.62e42fefa38p-1;
constexpr double kLn2Low = 0x1.ef35793c7673p-45;

}  // namespace

double log(double x) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (!(x > 0)) return x == 0 ? -kInfinity : std::numeric_limits<double>::quiet_NaN();
  if (x == kInfinity) return x;

  // x = m 2^e with m in [sqrt(1/2), sqrt(2)).
  constexpr std::uint64_t kSqrtHalf = 0x3fe6a09e667f3bcdu;
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
  const std::int64_t e = static_cast<std::int64_t>(bits - kSqrtHalf) >> 52;
  const double m = std::bit_cast<double>(bits - (static_cast<std::uint64_t>(e) << 52));

  // log m = 2 atanh(s) = 2 (s + s^3/3 + s^5/5 + ...), s = (m - 1)/(m + 1), |s| < 0.172: the first
  // term left out is below 2^-60 of the first.
  const double s = (m - 1) / (m + 1);
  const double s2 = s * s;
  double series = 0;
  for (int k = 23; k >= 3; k -= 2) series = (series + 1.0 / k) * s2;
  const double exponent = static_cast<double>(e);
  return exponent * kLn2High + (2 * s + (2 * s * series + exponent * kLn2Low));
}

double exp(double x) {
  // x = n ln 2 + r, |r| <= ln(2)/2.
  constexpr double kRound = 0x1.8p52;  // adding it leaves a whole number in the low bits
  const double shifted = x * 0x1.71547652b82fep0 + kRound;
  const double n = shifted - kRound;
  const double r = (x - n * kLn2High) - n * kLn2Low;
  double series = 1;  // Taylor's, by Horner: the first term left out is below 1e-17
  for (int k = 14; k >= 1; --k) series = 1 + series * r / k;
  const std::uint64_t power = std::bit_cast<std::uint64_t>(shifted) + 1023;
  return series * std::bit_cast<double>(power << 52);
}

double cos_pi(double x) {
  // cos(pi (n + r)) = +-cos(pi r), |r| <= 1/2.
  constexpr double kRound = 0x1.8p52;  // adding it leaves a whole number in the low bits
  const double shifted = x + kRound;
  const double r = x - (shifted - kRound);
  const bool odd = std::bit_cast<std::uint64_t>(shifted) & 1;

  constexpr double kPi = 3.14159265358979323846;
  const double y2 = (kPi * r) * (kPi * r);
  double series = 1;  // Taylor's, by Horner: the first term left out is below 1e-19
  for (int k = 24; k >= 2; k -= 2) series = 1 - series * y2 / (k * (k - 1));
  return odd ? -series : series;
}

double power(double base, long long exponent) {
  double result = 1;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result *= base;
    base *= base;
  }
  return result;
}

}  // namespace clearformer
