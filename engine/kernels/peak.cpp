#include "kernels/peak.h"

#include "kernels/simd.h"

namespace clearformer {
namespace {

// Ten independent sums cover the latency of an addition and leave registers free where there
// are 16.
constexpr int kRows = 4, kCols = 3, kSums = kRows * kCols;
constexpr int kUnroll = 8;

template <bool kFused>
void run(std::int64_t rounds, float& sink) {
  using simd::kRegisterLanes;
  using simd::Register;
  float numbers[kRows * kRegisterLanes] = {sink};
  Register sums[kSums] = {}, cols[kCols];
  for (int c = 0; c < kCols; ++c) cols[c] = simd::splat_register(sink * static_cast<float>(c));
  for (std::int64_t round = 0; round < rounds; round += kUnroll) {
#pragma GCC unroll kUnroll
    for (int u = 0; u < kUnroll; ++u) {
      simd::make_opaque(numbers);  // or the products would be computed once
      for (int r = 0; r < kRows; ++r) {
        const Register row = simd::load_register(numbers + r * kRegisterLanes);
        for (int c = 0; c < kCols; ++c)
          sums[r * kCols + c] = simd::multiply_add<kFused>(row, cols[c], sums[r * kCols + c]);
      }
    }
  }
  for (const Register& sum : sums) sink += sum[0];
}

}  // namespace

std::int64_t multiply_add_rounds(Arithmetic arithmetic, std::int64_t rounds, float& sink) {
  // Not called by its name: inlined into a caller's long loop, WebAssembly would see it neither
  // optimised in time nor in registers.
  void (*volatile chosen)(std::int64_t, float&) = run<false>;
  if constexpr (simd::kCanFuse) {
    if (arithmetic == Arithmetic::fused) chosen = run<true>;
  }
  chosen(rounds, sink);
  return rounds * kSums * simd::kRegisterLanes * 2;
}

float read_all(const float* numbers, std::int64_t size) {
  using simd::Register;
  constexpr std::int64_t kStride = kSums * simd::kRegisterLanes;
  Register sums[kSums] = {};
  std::int64_t i = 0;
  for (; i + kStride <= size; i += kStride)
    for (int s = 0; s < kSums; ++s)
      sums[s] += simd::load_register(numbers + i + s * simd::kRegisterLanes);
  float total = 0;
  for (; i < size; ++i) total += numbers[i];
  for (int s = 0; s < kSums; ++s) total += sums[s][0];
  return total;
}

}  // namespace clearformer
