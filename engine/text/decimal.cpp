#include "text/decimal.h"

#include <algorithm>
#include <bit>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "text/words.h"

namespace clearformer {
namespace {

// A whole number of up to 4096 bits. The largest here is 10^1125, times 4: see to_double().
class BigNumber {
 public:
  explicit BigNumber(std::uint32_t number) { multiply_add(0, number); }

  int size() const { return size_; }  // in words
  void multiply_add(std::uint32_t factor, std::uint32_t carry) {
    for (int i = 0; i < size_; ++i) {
      const std::uint64_t product = std::uint64_t{words_[i]} * factor + carry;
      words_[i] = static_cast<std::uint32_t>(product);
      carry = static_cast<std::uint32_t>(product >> 32);
    }
    if (carry > 0) words_[size_++] = carry;
  }
  // REQUIRES: *this >= other.
  void subtract(const BigNumber& other) {
    std::int64_t borrow = 0;
    for (int i = 0; i < size_; ++i) {
      borrow += std::int64_t{words_[i]} - (i < other.size_ ? other.words_[i] : 0);
      words_[i] = static_cast<std::uint32_t>(borrow);
      borrow >>= 32;
    }
    while (size_ > 0 && words_[size_ - 1] == 0) --size_;
  }
  // Below zero, zero or above as *this is less, equal or more.
  int compare(const BigNumber& other) const {
    if (size_ != other.size_) return size_ - other.size_;
    for (int i = size_; i-- > 0;)
      if (words_[i] != other.words_[i]) return words_[i] < other.words_[i] ? -1 : 1;
    return 0;
  }

 private:
  std::uint32_t words_[128];  // the lowest first
  int size_ = 0;              // words that count, the highest not 0
};

void multiply_power_of_ten(BigNumber& number, int exponent) {
  for (; exponent >= 9; exponent -= 9) number.multiply_add(1'000'000'000, 0);
  for (; exponent > 0; --exponent) number.multiply_add(10, 0);
}

// Doubles `small` until it has as many words as `large`, and says how often.
int widen(BigNumber& small, const BigNumber& large) {
  int times = 0;
  for (; small.size() < large.size(); times += 31) small.multiply_add(1u << 31, 0);
  return times;
}

// digits * 10^exponent, by long division: exact. REQUIRES: 0 < digits < 10^801,
// 10^-324 <= the number < 10^310.
double to_double(BigNumber digits, int exponent) {
  BigNumber divisor(1);
  multiply_power_of_ten(digits, exponent);
  multiply_power_of_ten(divisor, -exponent);
  // The number is digits / divisor * 2^power.
  int power = widen(divisor, digits) - widen(digits, divisor);
  for (; digits.compare(divisor) < 0; --power) digits.multiply_add(2, 0);
  for (; digits.compare(divisor) >= 0; ++power) divisor.multiply_add(2, 0);
  --power;
  digits.multiply_add(2, 0);  // now 1 <= digits / divisor < 2

  constexpr int kBits = std::numeric_limits<double>::digits;
  constexpr int kLeast = std::numeric_limits<double>::min_exponent - 1;
  const int bits = std::min(kBits, kBits + power - kLeast);  // fewer below the normal numbers
  std::uint64_t fraction = 0;
  for (int i = 0; i < bits; ++i) {
    const bool bit = digits.compare(divisor) >= 0;
    if (bit) digits.subtract(divisor);
    fraction = fraction << 1 | bit;
    digits.multiply_add(2, 0);
  }
  const int rest = bits < 0 ? -1 : digits.compare(divisor);  // against a half
  fraction += rest > 0 || (rest == 0 && fraction % 2 == 1);
  if (bits < kBits) return std::bit_cast<double>(fraction);
  // The fraction's highest bit counts as one in the exponent.
  const std::uint64_t number =
      (static_cast<std::uint64_t>(power - kLeast) << (kBits - 1)) + fraction;
  constexpr auto kInfinity = std::bit_cast<std::uint64_t>(std::numeric_limits<double>::infinity());
  return std::bit_cast<double>(std::min(number, kInfinity));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The next number of so many digits, or of fewer.
void round_up(Decimal& decimal) {
  std::string& digits = decimal.digits;
  while (!digits.empty() && digits.back() == '9') digits.pop_back();
  if (!digits.empty()) {
    ++digits.back();
    return;
  }
  digits = "1";
  ++decimal.exponent;
}

double value_of(const Decimal& decimal) {
  const int below = static_cast<int>(decimal.digits.size()) - 1;
  const std::string text = decimal.digits + "e" + std::to_string(decimal.exponent - below);
  const char* end = nullptr;
  return read_decimal(text.c_str(), &end);
}

}  // namespace

double read_decimal(const char* text, const char** end) {
  constexpr int kMostDigits = 800;  // 767 decide; of those beyond, only whether one is not zero
  const char* at = text;
  const bool negative = *at == '-';
  if (*at == '-' || *at == '+') ++at;
  BigNumber digits(0);
  int n_digits = 0, exponent = 0;
  bool any = false, point = false, more = false;
  for (; is_digit(*at) || (*at == '.' && !point); ++at) {
    if (*at == '.') {
      point = true;
      continue;
    }
    any = true;
    const bool kept = n_digits < kMostDigits;
    if (kept) digits.multiply_add(10, static_cast<std::uint32_t>(*at - '0'));
    if (kept && (n_digits > 0 || *at != '0')) ++n_digits;
    more = more || (!kept && *at != '0');
    if (kept == point) exponent += kept ? -1 : 1;
  }
  *end = any ? at : text;
  if (!any) return 0;
  if (*at == 'e' || *at == 'E') {
    ++at;
    const bool below = *at == '-';
    if (*at == '-' || *at == '+') ++at;
    int written = 0;
    for (; is_digit(*at); *end = ++at) written = std::min(written * 10 + (*at - '0'), 1'000'000);
    exponent += below ? -written : written;
  }
  if (more) {
    digits.multiply_add(10, 1);
    --exponent;
    ++n_digits;
  }
  double number = 0;
  if (n_digits > 0 && n_digits + exponent > 310)
    number = std::numeric_limits<double>::infinity();
  else if (n_digits > 0 && n_digits + exponent > -324)
    number = to_double(digits, exponent);
  return negative ? -number : number;
}

Decimal to_decimal(double number, int most) {
  constexpr int kFraction = std::numeric_limits<double>::digits - 1;
  const auto bits = std::bit_cast<std::uint64_t>(number);
  const int biased = static_cast<int>(bits >> kFraction);
  const std::uint64_t hidden = std::uint64_t{biased > 0} << kFraction;
  const std::uint64_t fraction = (bits & ((std::uint64_t{1} << kFraction) - 1)) | hidden;
  // The number is top / bottom * 10^exponent, and top / bottom in [1, 10).
  BigNumber top(static_cast<std::uint32_t>(fraction >> 32)), bottom(1);
  top.multiply_add(1u << 16, static_cast<std::uint32_t>(fraction >> 16 & 0xFFFF));
  top.multiply_add(1u << 16, static_cast<std::uint32_t>(fraction & 0xFFFF));
  const int power = std::max(biased, 1) - 1023 - kFraction;
  for (int i = 0; i < std::abs(power); ++i) (power > 0 ? top : bottom).multiply_add(2, 0);
  int exponent = 0;
  for (; top.compare(bottom) < 0; --exponent) top.multiply_add(10, 0);
  for (BigNumber next = bottom;; ++exponent, bottom = next) {
    next.multiply_add(10, 0);
    if (top.compare(next) < 0) break;
  }

  BigNumber five = bottom;
  five.multiply_add(5, 0);
  for (std::string digits;;) {
    char digit = '0';
    for (; top.compare(bottom) >= 0; ++digit) top.subtract(bottom);
    digits += digit;
    top.multiply_add(10, 0);
    const int rest = top.compare(five);  // against a half of the last digit
    const bool up = rest > 0 || (rest == 0 && digit % 2 == 1);
    Decimal rounded{digits, exponent};
    if (up) round_up(rounded);
    if (static_cast<int>(digits.size()) == most || value_of(rounded) == number) return rounded;
  }
}

}  // namespace clearformer

#if defined(__wasm__)
// What the JSON parser calls in place of strtod and snprintf: engine/CMakeLists.txt.
extern "C" double __wrap_strtod(const char* text, char** end) {
  return clearformer::read_decimal(text, const_cast<const char**>(end));
}

// The parser's one format is "<U+%.4X>", of a byte below 32.
extern "C" int __wrap_snprintf(char* out, std::size_t size, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const std::string word =
      clearformer::hex_byte(static_cast<unsigned char>(va_arg(arguments, int)));
  va_end(arguments);
  const std::string text = ("<U+00" + word.substr(2) + ">").substr(0, size - 1);
  std::memcpy(out, text.c_str(), text.size() + 1);
  return static_cast<int>(text.size());
}
#endif
