#pragma once

#include <cstdint>
#include <span>

namespace clearformer {

// A matrix in 8 bits: value (r, c) is about codes[r * cols + c] * scales[r].
//
// A row's scale is its largest magnitude over 127, so that a value comes back within half a scale,
// and a little for the rounding of float (tests/engine/io/quantize_test.cpp derives how much).

inline constexpr int kLargestCode = 127;

// REQUIRES: values (rows, cols) finite; codes (rows, cols); scales (rows).
void quantize_rows(std::span<const float> values, std::span<std::int8_t> codes,
                   std::span<float> scales);

// The values that codes stand for. REQUIRES: as above.
void dequantize_rows(std::span<const std::int8_t> codes, std::span<const float> scales,
                     std::span<float> values);

}  // namespace clearformer
