#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace clearformer {

// 104857600 -> "104,857,600".
std::string with_commas(std::uint64_t number);

// 1, "byte" -> "1 byte"; 2,000, "byte" -> "2,000 bytes".
std::string counted(std::uint64_t number, std::string_view noun);

// The shortest decimal that reads back as exactly this double, laid out as JavaScript prints
// numbers (ECMA-262, Number::toString): 0.0001, 1e-7, 12, 1e+21.
std::string format_number(double number);

// The same, rounded to so many significant digits: 0.000333, 1 -> "0.0003".
std::string format_rounded(double number, int digits);

// The number that follows `prefix`, a whole number of up to nine digits in its shortest form:
// "bpe:", "bpe:512" -> 512. Nothing for any other text.
std::optional<int> number_after(std::string_view prefix, std::string_view text);

// 255 -> "0xFF".
std::string hex_byte(unsigned char byte);

// Somebody else's string in quotation marks, fit for one line of a message: beyond max_bytes it is
// cut, control characters and bytes that are no UTF-8 become escapes.
std::string in_quotes(std::string_view text, std::size_t max_bytes = 60);

}  // namespace clearformer
