#include "io/half.h"

#include <bit>

namespace clearformer {
namespace {

constexpr std::uint32_t kFloatInfinity = 0x7F800000;
constexpr std::uint32_t kHalfInfinity = 0x7C00, kHalfNan = 0x7E00;
constexpr int kDroppedBits = 23 - 10;            // of the fraction
constexpr std::uint32_t kBiases = (127 - 15);    // the difference of the exponents' biases
constexpr std::uint32_t kTooLarge = 0x47800000;  // 65536
constexpr std::uint32_t kLeastNormal = (kBiases + 1) << 23;

}  // namespace

std::uint16_t half_from_float(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = bits >> 16 & 0x8000;
  const std::uint32_t magnitude = bits & 0x7FFFFFFF;
  std::uint32_t half = 0;
  if (magnitude > kFloatInfinity) {
    half = kHalfNan;
  } else if (magnitude >= kTooLarge) {
    half = kHalfInfinity;
  } else if (magnitude < kLeastNormal) {
    // Beside 0.5 a float's last bit is worth 2^-24, as a subnormal half's is: the sum rounds.
    const float sum = std::bit_cast<float>(magnitude) + 0.5f;
    half = std::bit_cast<std::uint32_t>(sum) - std::bit_cast<std::uint32_t>(0.5f);
  } else {
    // A carry out of the fraction goes into the exponent, where it belongs.
    const std::uint32_t rebiased = magnitude - (kBiases << 23);
    const std::uint32_t odd = rebiased >> kDroppedBits & 1;
    half = (rebiased + (1u << (kDroppedBits - 1)) - 1 + odd) >> kDroppedBits;
  }
  return static_cast<std::uint16_t>(sign | half);
}

float float_from_half(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000) << 16;
  const std::uint32_t magnitude = bits & 0x7FFF;
  std::uint32_t wide = magnitude << kDroppedBits;
  if (magnitude >= kHalfInfinity) {
    wide |= kFloatInfinity;
  } else if (magnitude >= 1u << 10) {
    wide += kBiases << 23;
  } else {
    wide = std::bit_cast<std::uint32_t>(static_cast<float>(magnitude) * 0x1p-24f);
  }
  return std::bit_cast<float>(sign | wide);
}

float float_from_bfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

}  // namespace clearformer
