#include "io/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace clearformer {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(Half, EveryHalfComesBack) {
  for (int bits = 0; bits < 1 << 16; ++bits) {
    const float value = float_from_half(static_cast<std::uint16_t>(bits));
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(float_from_half(half_from_float(value)))) << bits;
    } else {
      EXPECT_EQ(half_from_float(value), bits);
    }
  }
}

TEST(Half, HasTheValuesThatTheStandardGives) {
  EXPECT_EQ(float_from_half(0x3C00), 1.0f);
  EXPECT_EQ(float_from_half(0xC000), -2.0f);
  EXPECT_EQ(float_from_half(0x3555), 1365.0f / 4096);
  EXPECT_EQ(float_from_half(0x7BFF), 65504.0f);
  EXPECT_EQ(float_from_half(0x0001), 0x1p-24f);
  EXPECT_EQ(float_from_half(0x03FF), 1023 * 0x1p-24f);
  EXPECT_EQ(float_from_half(0x0400), 0x1p-14f);
  EXPECT_EQ(float_from_half(0xFC00), -kInfinity);
}

TEST(Half, TakesTheNearestAndAtTheMiddleTheEvenOne) {
  for (int bits = 0; bits < 0x7BFF; ++bits) {
    const float below = float_from_half(static_cast<std::uint16_t>(bits));
    const float above = float_from_half(static_cast<std::uint16_t>(bits + 1));
    const float middle = below + (above - below) / 2;  // exact
    EXPECT_EQ(half_from_float(middle), bits + bits % 2);
    EXPECT_EQ(half_from_float(std::nextafter(middle, 0.0f)), bits);
    EXPECT_EQ(half_from_float(std::nextafter(middle, kInfinity)), bits + 1);
    EXPECT_EQ(half_from_float(-middle), 0x8000 + bits + bits % 2);
  }
}

TEST(Half, WhatIsTooLargeBecomesInfinite) {
  EXPECT_EQ(half_from_float(std::nextafter(65520.0f, 0.0f)), 0x7BFF);
  EXPECT_EQ(half_from_float(65520.0f), 0x7C00);
  EXPECT_EQ(half_from_float(-1e30f), 0xFC00);
  EXPECT_EQ(half_from_float(kInfinity), 0x7C00);
  EXPECT_EQ(half_from_float(0x1p-26f), 0);
}

TEST(Half, Bfloat16IsTheUpperHalfOfAFloat) {
  EXPECT_EQ(float_from_bfloat16(0x3F80), 1.0f);
  EXPECT_EQ(float_from_bfloat16(0xC049), -3.140625f);
  EXPECT_EQ(float_from_bfloat16(0x7F80), kInfinity);
}

}  // namespace
}  // namespace clearformer
