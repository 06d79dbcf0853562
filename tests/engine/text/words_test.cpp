#include "text/words.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/rng.h"
#include "tests/engine/support/thinning.h"

namespace clearformer {
namespace {

TEST(Words, NumbersHaveCommas) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1000), "1,000");
  EXPECT_EQ(with_commas(104'857'600), "104,857,600");
  EXPECT_EQ(with_commas(~std::uint64_t{0}), "18,446,744,073,709,551,615");
  EXPECT_EQ(counted(1, "byte"), "1 byte");
  EXPECT_EQ(counted(2000, "byte"), "2,000 bytes");
}

// The examples of ECMA-262, Number::toString: where the layout changes.
TEST(Words, NumbersAreLaidOutAsJavaScriptDoes) {
  EXPECT_EQ(format_number(0.0), "0");
  EXPECT_EQ(format_number(-0.0), "0");
  EXPECT_EQ(format_number(12), "12");
  EXPECT_EQ(format_number(0.1), "0.1");
  EXPECT_EQ(format_number(-1234.5), "-1234.5");
  EXPECT_EQ(format_number(0.0001), "0.0001");
  EXPECT_EQ(format_number(0.000001), "0.000001");
  EXPECT_EQ(format_number(0.0000001), "1e-7");
  EXPECT_EQ(format_number(1.5e-10), "1.5e-10");
  EXPECT_EQ(format_number(1e20), "100000000000000000000");
  EXPECT_EQ(format_number(1e21), "1e+21");
  EXPECT_EQ(format_number(123e30), "1.23e+32");
  EXPECT_EQ(format_number(5e-324), "5e-324");
  EXPECT_EQ(format_number(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
  EXPECT_EQ(format_number(std::nan("")), "NaN");
  EXPECT_EQ(format_number(-std::numeric_limits<double>::infinity()), "-Infinity");
}

TEST(Words, NumbersReadBackExactly) {
  const Rng rng(1, Stream::kTest);
  for (std::uint64_t i = 0; i < 100'000; i += test::kEach) {
    const std::uint64_t bits = std::uint64_t{rng.word(2 * i)} << 32 | rng.word(2 * i + 1);
    const auto number = std::bit_cast<double>(bits);
    if (!std::isfinite(number)) continue;
    ASSERT_EQ(std::strtod(format_number(number).c_str(), nullptr), number);
    const double small = static_cast<double>(rng.word(i)) / 65536;
    ASSERT_EQ(std::strtod(format_number(small).c_str(), nullptr), small);
  }
}

TEST(Words, ForeignStringsFitOneLine) {
  EXPECT_EQ(in_quotes("n_layer"), "\"n_layer\"");
  EXPECT_EQ(in_quotes("a\"b\\c"), "\"a\\\"b\\\\c\"");
  EXPECT_EQ(in_quotes("line\nbreak\x1B[31m\x7F"), "\"line\\x0Abreak\\x1B[31m\\x7F\"");
  EXPECT_EQ(in_quotes("\xC2\x85"), "\"\\xC2\\x85\"");  // U+0085, a control character
  EXPECT_EQ(in_quotes("é\xFF\xE2\x82"), "\"é\\xFF\\xE2\\x82\"");
  EXPECT_EQ(in_quotes("abcdef", 3), "\"abc...\"");
  EXPECT_EQ(in_quotes("é漢", 1), "\"é...\"");  // never cut inside a character
  EXPECT_LT(in_quotes(std::string(1'000'000, 'x')).size(), 100u);
}

TEST(Words, BytesInHexadecimal) {
  EXPECT_EQ(hex_byte(0), "0x00");
  EXPECT_EQ(hex_byte(0xAF), "0xAF");
}

TEST(Words, FormatRounded) {
  EXPECT_EQ(format_rounded(1e-3 / 3, 1), "0.0003");
  EXPECT_EQ(format_rounded(0.00095, 1), "0.0009");  // the double is just below
  EXPECT_EQ(format_rounded(123456, 2), "120000");
}

}  // namespace
}  // namespace clearformer
