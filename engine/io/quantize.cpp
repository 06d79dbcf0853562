#include "io/quantize.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace clearformer {
namespace {

// To the nearest whole number, halves away from zero. The limit is reached where the scale itself
// was rounded to a subnormal number.
std::int8_t nearest_code(float value) {
  constexpr float kLimit = kLargestCode;
  const float bounded = std::clamp(value, -kLimit, kLimit);
  return static_cast<std::int8_t>(bounded + (bounded < 0 ? -0.5f : 0.5f));
}

}  // namespace

void quantize_rows(std::span<const float> values, std::span<std::int8_t> codes,
                   std::span<float> scales) {
  CHECK(values.size() == codes.size() && values.size() % scales.size() == 0);
  const std::size_t cols = values.size() / scales.size();
  for (std::size_t r = 0; r < scales.size(); ++r) {
    float largest = 0;
    for (const float value : values.subspan(r * cols, cols))
      largest = std::max(largest, std::abs(value));
    const float scale = scales[r] = largest / kLargestCode;
    for (std::size_t i = r * cols; i < (r + 1) * cols; ++i)
      codes[i] = scale > 0 ? nearest_code(values[i] / scale) : std::int8_t{0};
  }
}

void dequantize_rows(std::span<const std::int8_t> codes, std::span<const float> scales,
                     std::span<float> values) {
  CHECK(values.size() == codes.size() && values.size() % scales.size() == 0);
  const std::size_t cols = values.size() / scales.size();
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(codes[i]) * scales[i / cols];
}

}  // namespace clearformer
