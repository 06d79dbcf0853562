#pragma once

#include <cstdint>

#include "kernels/reduce.h"
#include "kernels/simd.h"
#include "kernels/vec_math.h"

namespace clearformer {

// What makes a row of scores a distribution: p = e^(scale x - max) * inverse_sum. Kept in place of
// the row.
struct SoftmaxRow {
  float max;          // of scale x
  float inverse_sum;  // 1 / sum of e^(scale x - max)
};

// e^(scale x - max) in place, and their sum: the maximum is subtracted so that nothing overflows.
// REQUIRES: scale > 0, size >= 1.
inline float exponentiate(float* x, float scale, float row_max, std::int64_t size) {
  const simd::f32x16 m = simd::splat(row_max);
  simd::f32x16 total{};
  simd::for_lanes(size, [&](std::int64_t i, auto n) {
    const simd::f32x16 e = exp(simd::load(x + i, n) * scale - m);
    simd::store(x + i, e, n);
    total += simd::load(x + i, n);  // from memory, so that lanes past the end count as zero
  });
  return simd::reduce_add(total);
}

inline void multiply(float* x, float factor, std::int64_t size) {
  simd::for_lanes(
      size, [&](std::int64_t i, auto n) { simd::store(x + i, simd::load(x + i, n) * factor, n); });
}

// softmax(scale x) in place.
inline SoftmaxRow softmax_row(float* x, float scale, std::int64_t size) {
  SoftmaxRow row{};
  row.max = max(x, size) * scale;
  row.inverse_sum = 1.0f / exponentiate(x, scale, row.max, size);
  multiply(x, row.inverse_sum, size);
  return row;
}

// The same again from what was kept, to the bit.
inline void softmax_row_again(float* x, float scale, const SoftmaxRow& row, std::int64_t size) {
  exponentiate(x, scale, row.max, size);
  multiply(x, row.inverse_sum, size);
}

}  // namespace clearformer
