#pragma once

#include "kernels/simd.h"

namespace clearformer {

// e^x on 16 lanes, to about one unit in the last place; the same bits everywhere. Overflows to
// infinity, underflows gradually to zero, keeps NaN.
//
// x = n ln 2 + r, |r| <= ln(2)/2; e^r is its Taylor polynomial of degree 7, whose error there is
// below 1e-8 relative; 2^n is applied in two halves so that neither overflows alone.
inline simd::f32x16 exp(simd::f32x16 x) {
  using namespace simd;
  x = max(min(x, splat(89.0f)), splat(-104.0f));
  constexpr float kRound = 0x1.8p23f;  // adding it leaves a whole number in the low bits
  const f32x16 shifted = x * 0x1.715476p0f + kRound;
  const f32x16 n = shifted - kRound;
  const f32x16 r = (x - n * 0x1.62e4p-1f) - n * 0x1.7f7d1cp-20f;  // ln 2 in two parts

  f32x16 p = splat(1.0f / 5040);
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * (r * r) + r + 1.0f;

  const i32x16 whole = as_int(shifted) - std::bit_cast<std::int32_t>(kRound);
  const i32x16 half = whole >> 1;
  const f32x16 scale1 = as_float((half + 127) << 23);
  const f32x16 scale2 = as_float((whole - half + 127) << 23);
  return p * scale1 * scale2;  // NaN where p is
}

// 1 / (1 + e^-x).
inline simd::f32x16 sigmoid(simd::f32x16 x) {
  return 1.0f / (1.0f + exp(-x));
}

// e^x of one number, the same bits as a lane's.
inline float exp(float x) {
  return exp(simd::splat(x))[0];
}

}  // namespace clearformer
