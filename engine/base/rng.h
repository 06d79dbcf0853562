#pragma once

#include <array>
#include <cstdint>

namespace clearformer {

// Counter-based random numbers: a draw is a pure function of (key, counter), so that a step and a
// position alone decide it, whatever thread asks and in whatever order.
// Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011).
using PhiloxBlock = std::array<std::uint32_t, 4>;
PhiloxBlock philox4x32(PhiloxBlock counter, std::array<std::uint32_t, 2> key);

// What a stream of draws is for. Each purpose has draws of its own.
enum class Stream : std::uint32_t {
  kInit = 1,      // a: parameter's index
  kBatch = 2,     // a: step, b: micro-step
  kEvaluate = 3,  // a: split, b: batch
  kDropout = 4,   // a: step and micro-step, b: site
  kSample = 5,    // a: sampling seed
  kTest = 6,
  kAdapter = 7,  // a: adapter's index
};

// A stream of random numbers, addressed by index.
class Rng {
 public:
  Rng(std::uint64_t seed, Stream stream, std::uint32_t a = 0, std::uint32_t b = 0);

  // Four words at once: words 4*block .. 4*block+3 of the stream.
  PhiloxBlock block(std::uint32_t block) const;
  // The index-th 32-bit word.
  std::uint32_t word(std::uint64_t index) const;
  // Uniform in [0, 1), 24 bits, exactly representable.
  float uniform(std::uint64_t index) const;
  // Uniform integer in [0, bound), bound >= 1, from the 64 bits at 2*index. Multiply-shift: the
  // bias is below bound / 2^64.
  std::uint64_t below(std::uint64_t index, std::uint64_t bound) const;
  // Standard normal, by Box and Muller's transform over our own log and cosine, rounded once.
  float normal(std::uint64_t index) const;

 private:
  std::array<std::uint32_t, 2> key_;
  std::uint32_t a_, b_, stream_;
};

}  // namespace clearformer
