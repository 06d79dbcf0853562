#include "base/rng.h"

#include <cmath>

#include "base/math.h"

namespace clearformer {

PhiloxBlock philox4x32(PhiloxBlock c, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = std::uint64_t{0xD2511F53} * c[0];
    const std::uint64_t product1 = std::uint64_t{0xCD9E8D57} * c[2];
    c = {static_cast<std::uint32_t>(product1 >> 32) ^ c[1] ^ key[0],
         static_cast<std::uint32_t>(product1),
         static_cast<std::uint32_t>(product0 >> 32) ^ c[3] ^ key[1],
         static_cast<std::uint32_t>(product0)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return c;
}

Rng::Rng(std::uint64_t seed, Stream stream, std::uint32_t a, std::uint32_t b)
    : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
      a_(a),
      b_(b),
      stream_(static_cast<std::uint32_t>(stream)) {}

PhiloxBlock Rng::block(std::uint32_t block) const {
  return philox4x32({block, a_, b_, stream_}, key_);
}

std::uint32_t Rng::word(std::uint64_t index) const {
  return block(static_cast<std::uint32_t>(index / 4))[index % 4];
}

float Rng::uniform(std::uint64_t index) const {
  return static_cast<float>(word(index) >> 8) * 0x1p-24f;
}

std::uint64_t Rng::below(std::uint64_t index, std::uint64_t bound) const {
  const std::uint64_t high = word(2 * index), low = word(2 * index + 1);
  // The high half of a 128-bit product, from two 64-bit ones (bound < 2^32 in practice).
  return (high * bound + ((low * bound) >> 32)) >> 32;
}

float Rng::normal(std::uint64_t index) const {
  // Numbers 2i and 2i + 1 come from one pair of uniforms: its cosine and its sine.
  const PhiloxBlock words = block(static_cast<std::uint32_t>(index / 2));
  const double u = (static_cast<double>(words[0]) + 0.5) * 0x1p-32;
  const double v = static_cast<double>(words[1]) * 0x1p-32;
  const double radius = std::sqrt(-2 * log(u));
  return static_cast<float>(radius * cos_pi(2 * v - (index % 2 ? 0.5 : 0.0)));
}

}  // namespace clearformer
