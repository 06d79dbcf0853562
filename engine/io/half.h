#pragma once

#include <cstdint>

namespace clearformer {

// The two 16-bit floating-point formats of model files, as their bits: IEEE 754 binary16, and
// bfloat16, the upper half of a float.

// To the nearest, ties to the even one; what is beyond the range becomes infinite.
std::uint16_t half_from_float(float value);
float float_from_half(std::uint16_t bits);
float float_from_bfloat16(std::uint16_t bits);

}  // namespace clearformer
