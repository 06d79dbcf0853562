#include "text/utf8.h"

#include <gtest/gtest.h>

#include <array>

namespace clearformer {
namespace {

using namespace std::string_literals;

std::string error_of(std::string_view bytes) {
  const Result<std::u32string> result = decode_utf8(bytes);
  EXPECT_EQ(check_utf8(bytes).ok(), result.ok());
  if (result.ok()) return "";
  EXPECT_EQ(result.error().code, "text");
  EXPECT_EQ(check_utf8(bytes).error().message, result.error().message);
  return result.error().message;
}

TEST(Utf8, EveryCharacterComesBack) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    const std::string bytes = encode_utf8(c);
    const Utf8Step step = decode_utf8_at(bytes, 0);
    ASSERT_EQ(step.fault, Utf8Fault::none) << static_cast<std::uint32_t>(c);
    ASSERT_EQ(step.character, c);
    ASSERT_EQ(static_cast<std::size_t>(step.length), bytes.size());
  }
}

// What is accepted is exactly what encoding gives; together with the test above this is strictness.
TEST(Utf8, AcceptsNothingElse) {
  constexpr std::array<int, 6> kEdges = {0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xFF};
  std::string bytes(4, '\0');
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      for (const int third : kEdges) {
        for (const int fourth : kEdges) {
          bytes = {static_cast<char>(first), static_cast<char>(second), static_cast<char>(third),
                   static_cast<char>(fourth)};
          const Utf8Step step = decode_utf8_at(bytes, 0);
          ASSERT_GE(step.length, 1);
          ASSERT_LE(step.length, 4);
          if (step.fault == Utf8Fault::none) {
            ASSERT_EQ(encode_utf8(step.character), bytes.substr(0, step.length));
          } else {
            ASSERT_EQ(step.character, kReplacementCharacter);
          }
        }
      }
    }
  }
}

TEST(Utf8, DecodesATextOfAllLengths) {
  EXPECT_EQ(decode_utf8("aé漢😀").value(), U"aé漢😀");
  EXPECT_EQ(decode_utf8("").value(), U"");
  EXPECT_EQ(decode_utf8("\0a"s).value(), U"\0a"s);
  EXPECT_EQ(count_characters("aé漢😀"), 4u);
}

TEST(Utf8, AnErrorNamesPlaceAndBytes) {
  EXPECT_EQ(error_of("To be,\nor not \xFF"),
            "This is not UTF-8 text: byte 0xFF at offset 14 (line 2) cannot start a character.");
  EXPECT_EQ(error_of("\x80"),
            "This is not UTF-8 text: byte 0x80 at offset 0 (line 1) cannot start a character.");
  EXPECT_EQ(error_of("\xC0\xAF"),
            "This is not UTF-8 text: byte 0xC0 at offset 0 (line 1) cannot start a character.");
  EXPECT_EQ(error_of("\n\n\xE2\x28\xA1"),
            "This is not UTF-8 text: bytes 0xE2 0x28 at offset 2 (line 3) do not make a "
            "character.");
  EXPECT_EQ(error_of("\xF0\x9F\x98z"),
            "This is not UTF-8 text: bytes 0xF0 0x9F 0x98 0x7A at offset 0 (line 1) do not make a "
            "character.");
  EXPECT_EQ(error_of("\xE0\x80\xAF"),
            "This is not UTF-8 text: bytes 0xE0 0x80 at offset 0 (line 1) are an overlong form of "
            "a character.");
  EXPECT_EQ(error_of("\xED\xA0\x80"),
            "This is not UTF-8 text: bytes 0xED 0xA0 at offset 0 (line 1) are half of a surrogate "
            "pair.");
  EXPECT_EQ(error_of("\xF4\x90\x80\x80"),
            "This is not UTF-8 text: bytes 0xF4 0x90 at offset 0 (line 1) are beyond the last "
            "character, U+10FFFF.");
  EXPECT_EQ(error_of("a\xC3"),
            "This is not UTF-8 text: byte 0xC3 at offset 1 (line 1) is the start of a character "
            "that is cut off.");
  EXPECT_EQ(error_of("a\xF0\x9F\x98"),
            "This is not UTF-8 text: bytes 0xF0 0x9F 0x98 at offset 1 (line 1) are the start of a "
            "character that is cut off.");
}

TEST(Utf8, AByteOrderMarkIsNoPartOfTheText) {
  EXPECT_EQ(without_byte_order_mark("\xEF\xBB\xBFtext"), "text");
  EXPECT_EQ(without_byte_order_mark("text\xEF\xBB\xBF"), "text\xEF\xBB\xBF");
  EXPECT_EQ(without_byte_order_mark("\xEF\xBB"), "\xEF\xBB");
}

}  // namespace
}  // namespace clearformer
