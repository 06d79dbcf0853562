#include "kernels/peak.h"

#include "kernels/simd.h"

namespace clearformer {
namespace {

// Twelve independent sums cover the latency of an addition and leave registers free.
constexpr int kSums = 12;

template <bool kFused>
void run(std::int64_t rounds, float& sink) {
  using simd::Register;
  Register sums[kSums];
  for (int i = 0; i < kSums; ++i) sums[i] = simd::splat_register(sink + static_cast<float>(i));
  const Register a = simd::splat_register(0.999f), b = simd::splat_register(sink);
  // The sum is multiplied, so that no product is the same from round to round.
  for (std::int64_t round = 0; round < rounds; ++round)
    for (int i = 0; i < kSums; ++i) sums[i] = simd::multiply_add<kFused>(sums[i], a, b);
  for (int i = 0; i < kSums; ++i) sink += sums[i][0];
}

}  // namespace

std::int64_t multiply_add_rounds(Arithmetic arithmetic, std::int64_t rounds, float& sink) {
  if constexpr (simd::kCanFuse) {
    if (arithmetic == Arithmetic::fused) {
      run<true>(rounds, sink);
      return rounds * kSums * simd::kRegisterLanes * 2;
    }
  }
  run<false>(rounds, sink);
  return rounds * kSums * simd::kRegisterLanes * 2;
}

}  // namespace clearformer
