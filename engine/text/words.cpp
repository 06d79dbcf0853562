#include "text/words.h"

#include <cmath>
#include <cstdlib>

#include "text/decimal.h"
#include "text/utf8.h"

namespace clearformer {

std::string with_commas(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
  return digits;
}

std::string counted(std::uint64_t number, std::string_view noun) {
  std::string words = with_commas(number) + " ";
  words += noun;
  if (number != 1) words += "s";
  return words;
}

std::string format_number(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  if (number == 0) return "0";
  if (number < 0) return "-" + format_number(-number);

  // std::to_chars finds the digits faster, from 120 kB of tables; and its layout changes to 1e-04
  // as soon as that saves a character.
  constexpr int kEnough = 17;
  auto [digits, exponent] = to_decimal(number, kEnough);
  const int n_digits = static_cast<int>(digits.size());
  const int point = exponent + 1;  // the decimal point stands after so many digits
  if (point > 21 || point <= -6) {
    if (n_digits > 1) digits.insert(1, ".");
    return digits + (exponent < 0 ? "e-" : "e+") + std::to_string(std::abs(exponent));
  }
  if (point <= 0) return "0." + std::string(-point, '0') + digits;
  if (point >= n_digits) return digits + std::string(point - n_digits, '0');
  return digits.insert(point, ".");
}

std::string format_rounded(double number, int digits) {
  if (number < 0) return "-" + format_rounded(-number, digits);
  if (number == 0 || !std::isfinite(number)) return format_number(number);
  const Decimal rounded = to_decimal(number, digits);
  const std::string text = rounded.digits.substr(0, 1) + "." + rounded.digits.substr(1) + "e" +
                           std::to_string(rounded.exponent);
  const char* end = nullptr;
  return format_number(read_decimal(text.c_str(), &end));
}

std::optional<int> number_after(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  if (text.empty() || text.size() > 9 || (text[0] == '0' && text.size() > 1)) return std::nullopt;
  int number = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + (digit - '0');
  }
  return number;
}

std::string hex_byte(unsigned char byte) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  return {'0', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
}

std::string in_quotes(std::string_view text, std::size_t max_bytes) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    if (i >= max_bytes) {
      out += "...";
      break;
    }
    const Utf8Step step = decode_utf8_at(text, i);
    const char32_t c = step.character;
    if (step.fault != Utf8Fault::none || c < 0x20 || (c >= 0x7F && c < 0xA0)) {
      for (int k = 0; k < step.length; ++k) {
        out += "\\x" + hex_byte(static_cast<unsigned char>(text[i + k])).substr(2);
      }
    } else {
      if (c == '"' || c == '\\') out += '\\';
      append_utf8(c, out);
    }
    i += step.length;
  }
  return out + "\"";
}

}  // namespace clearformer
