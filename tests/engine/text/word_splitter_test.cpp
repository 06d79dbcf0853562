#include "text/word_splitter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/engine/support/random.h"

namespace clearformer {
namespace {

using Words = std::vector<std::string>;

Words words_of(std::string_view text) {
  Words words;
  WordSplitter().for_each_word(text, [&](std::string_view word) { words.emplace_back(word); });
  return words;
}

// What Python's `regex` module finds with GPT-2's expression.
TEST(WordSplitter, SplitsAsGpt2) {
  EXPECT_EQ(words_of("I'll say it's Zoë's, they've 'tis we'd"),
            (Words{"I", "'ll", " say", " it", "'s", " Zoë", "'s", ",", " they", "'ve", " '", "tis",
                   " we", "'d"}));
  EXPECT_EQ(words_of("can''t 'S O’Neil I'm you're"),
            (Words{"can", "''", "t", " '", "S", " O", "’", "Neil", " I", "'m", " you", "'re"}));
  EXPECT_EQ(words_of("  two  spaces \n\n and\tlines \n"),
            (Words{" ", " two", " ", " spaces", " \n\n", " and", "\t", "lines", " \n"}));
  EXPECT_EQ(words_of("x=12,345.6 ½³ Ⅳ٣ a1b2"),
            (Words{"x", "=", "12", ",", "345", ".", "6", " ½³", " Ⅳ٣", " a", "1", "b", "2"}));
  EXPECT_EQ(words_of("漢字かな交じり文。次の文"), (Words{"漢字かな交じり文", "。", "次の文"}));
  EXPECT_EQ(words_of("hi😀👍🏽 done!!"), (Words{"hi", "😀👍🏽", " done", "!!"}));
  EXPECT_EQ(words_of("a\u00a0b\u3000c \u2003d"),
            (Words{"a", "\u00a0", "b", "\u3000", "c", " ", "\u2003", "d"}));
  EXPECT_EQ(words_of("e\u0301cole हिन्दी ไทย"),
            (Words{"e", "\u0301", "cole", " ह", "\u093f", "न", "\u094d", "द", "\u0940", " ไทย"}));
  EXPECT_EQ(words_of("\r\n\r\nx"), (Words{"\r\n\r", "\n", "x"}));
  EXPECT_EQ(words_of("''s 's"), (Words{"''", "s", " '", "s"}));
  EXPECT_EQ(words_of("   "), (Words{"   "}));
  EXPECT_EQ(words_of("end "), (Words{"end", " "}));
  EXPECT_EQ(words_of(""), Words{});
}

TEST(WordSplitter, BytesThatAreNoUtf8AreSigns) {
  EXPECT_EQ(words_of("a\xFF\xC3!b"), (Words{"a", "\xFF\xC3!", "b"}));
  EXPECT_EQ(words_of("a \xE2\x82"), (Words{"a", " \xE2\x82"}));
  EXPECT_EQ(words_of("\xF0\x9F\x98 x"), (Words{"\xF0\x9F\x98", " x"}));
}

TEST(WordSplitter, CutsWhatIsTooLong) {
  const std::string letters(2 * kMaxWordBytes + 3, 'a');
  EXPECT_EQ(words_of(" " + letters), (Words{" " + letters.substr(0, kMaxWordBytes - 1),
                                            letters.substr(0, kMaxWordBytes), "aaaa"}));
  const std::string spaces(kMaxWordBytes + 2, ' ');
  EXPECT_EQ(words_of(spaces + "b"), (Words{spaces.substr(0, kMaxWordBytes), " ", " b"}));
  // Between characters: 341 of three bytes each are 1023.
  std::string signs;
  for (int i = 0; i < 342; ++i) signs += "漢";
  EXPECT_EQ(words_of(signs), (Words{signs.substr(0, 1023), "漢"}));
}

TEST(WordSplitter, WordsMakeUpTheText) {
  test::Random random(3);
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (int n = random.token(40); n > 0; --n) {
      constexpr std::string_view kSome = "'  \n\tsa1.\xC3\xA9\xE6\xBC\xA2\xFF\x80";
      text += kSome[random.token(kSome.size())];
    }
    std::string joined;
    for (const std::string& word : words_of(text)) {
      EXPECT_FALSE(word.empty());
      joined += word;
    }
    ASSERT_EQ(joined, text);
  }
}

CharacterClass class_of(char32_t character) {
  return CharacterClasses().of(character);
}

TEST(CharacterClasses, AreThoseOfUnicode) {
  using enum CharacterClass;
  for (char32_t c = 0; c < 0x80; ++c) {
    const bool is_letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    const bool is_space = c == ' ' || (c >= '\t' && c <= '\r');
    EXPECT_EQ(class_of(c), is_letter              ? letter
                           : c >= '0' && c <= '9' ? number
                           : is_space             ? space
                                                  : other)
        << static_cast<int>(c);
  }
  for (const char32_t c : {0xAA, 0xB5, 0xF8, 0x2B0, 0x3B1, 0x5D0, 0x4E00, 0xAC00, 0x10400, 0x20000})
    EXPECT_EQ(class_of(c), letter) << std::hex << static_cast<int>(c);
  for (const char32_t c : {0xB2, 0xBD, 0x660, 0x966, 0x2160, 0x3007, 0x1D7CE})
    EXPECT_EQ(class_of(c), number) << std::hex << static_cast<int>(c);
  for (const char32_t c :
       {0x85, 0xA0, 0x1680, 0x2000, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000})
    EXPECT_EQ(class_of(c), space) << std::hex << static_cast<int>(c);
  for (const char32_t c : {0xD7, 0xF7, 0x301, 0x200B, 0x2014, 0x3002, 0xFEFF, 0x1F600, 0x10FFFF})
    EXPECT_EQ(class_of(c), other) << std::hex << static_cast<int>(c);
}

}  // namespace
}  // namespace clearformer
