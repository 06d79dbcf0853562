#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace clearformer {

// U+FFFD, shown where bytes are no character.
inline constexpr char32_t kReplacementCharacter = 0xFFFD;

// Why bytes are not a UTF-8 character.
enum class Utf8Fault {
  none,
  start,         // this byte never starts a character
  continuation,  // a later byte of the character is not a continuation byte
  overlong,      // a longer form than the character needs
  surrogate,     // half of a UTF-16 surrogate pair
  too_large,     // beyond U+10FFFF
  cut,           // the bytes end inside the character
};

// What stands at one place of a text.
struct Utf8Step {
  char32_t character = kReplacementCharacter;
  int length = 1;  // bytes to go on by, >= 1: the character, or the part that is broken
  Utf8Fault fault = Utf8Fault::none;
};

// Decodes the character at `offset`, strictly: Unicode 15, table 3-7. A broken part is as long as
// the standard's "maximal subpart", so that one replacement character stands for it.
// REQUIRES: offset < bytes.size().
Utf8Step decode_utf8_at(std::string_view bytes, std::size_t offset);

// All characters of `bytes`, or error "text", which names the first broken one: its offset, line
// and bytes.
Result<std::u32string> decode_utf8(std::string_view bytes);

// As decode_utf8, but keeps nothing.
Status check_utf8(std::string_view bytes);

// How many characters UTF-8 text has.
std::size_t count_characters(std::string_view text);

// The error for the broken character at `offset`.
Error utf8_error(std::string_view bytes, std::size_t offset);

// Appends one character. REQUIRES: a Unicode scalar value.
void append_utf8(char32_t character, std::string& out);
std::string encode_utf8(char32_t character);

// "offset 17 (line 2)": where a byte of a text is, lines counted from 1.
std::string describe_position(std::string_view bytes, std::size_t offset);

// `text` less the byte order mark that some editors put first. It is no part of the text.
std::string_view without_byte_order_mark(std::string_view text);

}  // namespace clearformer
