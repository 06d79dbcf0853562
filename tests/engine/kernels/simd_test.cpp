#include "kernels/simd.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/engine/support/engine_check.h"

namespace clearformer {
namespace {

using simd::f32x16;
using simd::kLanes;
using test::bits_of;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

f32x16 counting(float first) {
  f32x16 v;
  for (int i = 0; i < kLanes; ++i) v[i] = first + static_cast<float>(i);
  return v;
}

TEST(Simd, PartialLoadsAndStoresTouchNothingElse) {
  for (int n = 0; n <= kLanes; ++n) {
    std::vector<float> block(n + 1), to(kLanes + 1, -1.0f);
    float* const from = block.data() + 1;  // reading past the block is an error
    for (int i = 0; i < n; ++i) from[i] = static_cast<float>(i) + 0.5f;
    const f32x16 v = simd::load(from, n, simd::splat(7));
    for (int i = 0; i < kLanes; ++i) EXPECT_EQ(v[i], i < n ? from[i] : 7.0f) << n;
    simd::store(to.data(), v, n);
    for (int i = 0; i <= kLanes; ++i) EXPECT_EQ(to[i], i < n ? from[i] : -1.0f) << n;
  }
}

TEST(Simd, ForLanesCoversEachIndexOnce) {
  for (std::int64_t size = 0; size < 70; ++size) {
    std::int64_t next = 0;
    simd::for_lanes(size, [&](std::int64_t i, int n) {
      EXPECT_EQ(i, next);
      EXPECT_TRUE(n == kLanes || i + n == size);
      next += n;
    });
    EXPECT_EQ(next, size);
  }
}

TEST(Simd, MaxAndMinKeepANaNOfTheFirst) {
  f32x16 a = counting(0), b = counting(3);
  b[2] = -5;
  a[9] = kNaN;
  const f32x16 larger = simd::max(a, b), smaller = simd::min(a, b);
  for (int i = 0; i < kLanes; ++i) {
    if (i == 9) {
      EXPECT_TRUE(std::isnan(larger[i]) && std::isnan(smaller[i]));
    } else {
      EXPECT_EQ(larger[i], i == 2 ? 2.0f : b[i]);
      EXPECT_EQ(smaller[i], i == 2 ? -5.0f : a[i]);
    }
  }
}

// IEEE 754 rounds a square root correctly, so it is libm's.
TEST(Simd, SqrtIsCorrectlyRounded) {
  test::Random random(2);
  for (int round = 0; round < 200; ++round) {
    f32x16 v;
    for (int i = 0; i < kLanes; ++i) v[i] = static_cast<float>(std::exp(random.uniform(-80, 80)));
    const f32x16 root = simd::sqrt(v);
    for (int i = 0; i < kLanes; ++i) {
      const float expected = static_cast<float>(std::sqrt(static_cast<double>(v[i])));
      ASSERT_EQ(bits_of(root[i]), bits_of(expected)) << v[i];
    }
  }
}

TEST(Simd, MultiplyAddRoundsTwiceOrOnce) {
  // (1 + 2^-12)^2 - (1 + 2^-11) is 2^-24 exactly, and the product alone cannot hold that.
  const float a = 1 + 0x1p-12f, c = -(1 + 0x1p-11f);
  const auto result = [&](auto fused) {
    return simd::multiply_add<fused.value>(simd::splat_register(a), simd::splat_register(a),
                                           simd::splat_register(c));
  };
  const simd::Register strict = result(std::false_type{});
  for (int i = 0; i < simd::kRegisterLanes; ++i) EXPECT_EQ(strict[i], 0.0f);
  if constexpr (simd::kCanFuse) {
    const simd::Register fused = result(std::true_type{});
    for (int i = 0; i < simd::kRegisterLanes; ++i) EXPECT_EQ(fused[i], 0x1p-24f);
  }
  EXPECT_EQ(can_fuse(), simd::kCanFuse);  // on any machine of the last ten years
}

}  // namespace
}  // namespace clearformer
