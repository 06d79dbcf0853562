#pragma once

#include <cstdint>
#include <limits>

#include "base/context.h"
#include "kernels/simd.h"

namespace clearformer {

// Reductions over n contiguous numbers: 16 running lanes in order, then the fixed tree of
// simd::reduce_add. The same bits on any machine.

// Sum of f(i, lanes) over the vector, where f gives the 16 (or last n) terms from index i; lanes
// past the end must be zero.
template <class Terms>
inline float sum_of(std::int64_t size, Terms&& terms) {
  simd::f32x16 sum{};
  simd::for_lanes(size, [&](std::int64_t i, auto n) { sum += terms(i, n); });
  return simd::reduce_add(sum);
}

inline float sum(const float* x, std::int64_t size) {
  return sum_of(size, [&](std::int64_t i, auto n) { return simd::load(x + i, n); });
}

inline float dot(const float* a, const float* b, std::int64_t size) {
  return sum_of(
      size, [&](std::int64_t i, auto n) { return simd::load(a + i, n) * simd::load(b + i, n); });
}

// The largest number. A NaN may be passed over: whoever exponentiates the row meets it there.
// REQUIRES: size >= 1.
inline float max(const float* x, std::int64_t size) {
  simd::f32x16 largest = simd::splat(x[0]);
  simd::for_lanes(size, [&](std::int64_t i, auto n) {
    largest = simd::max(largest, simd::load(x + i, n, largest));
  });
  return simd::reduce_max(largest);
}

// A task's share of the columns of a sum over rows.
inline constexpr std::int64_t kColumnsPerTask = 32;

// out[c] += the sum over rows of terms(row, c, n): lanes c .. c+n-1 of that row. Each column is
// summed in the order of its rows.
template <class Terms>
inline void add_columns(const Context& context, float* out, std::int64_t rows, std::int64_t cols,
                        Terms&& terms) {
  context.pool.parallel_for(0, cols, kColumnsPerTask,
                            [&](std::int64_t first, std::int64_t last, int) {
                              simd::for_lanes(last - first, [&](std::int64_t offset, auto n) {
                                const std::int64_t c = first + offset;
                                simd::f32x16 sum = simd::load(out + c, n);
                                for (std::int64_t row = 0; row < rows; ++row)
                                  sum += terms(row, c, n);
                                simd::store(out + c, sum, n);
                              });
                            });
}

// out (cols) += the sum over the rows of x (rows, cols).
inline void add_column_sums(const Context& context, float* out, const float* x, std::int64_t rows,
                            std::int64_t cols) {
  add_columns(context, out, rows, cols, [&](std::int64_t row, std::int64_t c, auto n) {
    return simd::load(x + row * cols + c, n);
  });
}

}  // namespace clearformer
