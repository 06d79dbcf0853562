#pragma once

// The only file that knows vector extensions and intrinsics.
//
// f32x16 is 16 lanes whatever the machine's width: four 128-bit registers in WebAssembly, one in
// AVX-512. Elementwise arithmetic and the fixed tree of reduce_add therefore give the same bits
// everywhere. `simd::Register` is the machine's own width, for kernels whose lanes never meet.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

#if defined(__wasm_relaxed_simd__)
#include <wasm_simd128.h>
#endif

namespace clearformer::simd {

inline constexpr int kLanes = 16;
using f32x16 = float __attribute__((vector_size(64)));
using i32x16 = std::int32_t __attribute__((vector_size(64)));

inline f32x16 splat(float x) {
  return x - f32x16{};
}

inline f32x16 load(const float* p) {
  f32x16 v;
  std::memcpy(&v, p, sizeof v);
  return v;
}
inline void store(float* p, f32x16 v) {
  std::memcpy(p, &v, sizeof v);
}

// The first n lanes, 0 <= n <= 16: the others are `rest`'s, and untouched in memory. For the end of
// a row, where memcpy is called anyway: one copy of it keeps WebAssembly small.
[[gnu::noinline]] inline f32x16 load(const float* p, int n, f32x16 rest = f32x16{}) {
  std::memcpy(&rest, p, n * sizeof(float));
  return rest;
}
[[gnu::noinline]] inline void store(float* p, f32x16 v, int n) {
  std::memcpy(p, &v, n * sizeof(float));
}

// The same with n known to be 16, as for_lanes says it.
using AllLanes = std::integral_constant<int, kLanes>;
inline f32x16 load(const float* p, AllLanes, f32x16 = f32x16{}) {
  return load(p);
}
inline void store(float* p, f32x16 v, AllLanes) {
  store(p, v);
}

inline i32x16 as_int(f32x16 v) {
  return std::bit_cast<i32x16>(v);
}
inline f32x16 as_float(i32x16 v) {
  return std::bit_cast<f32x16>(v);
}

// mask ? a : b, lane by lane; a mask is what a comparison gives.
inline f32x16 select(i32x16 mask, f32x16 a, f32x16 b) {
  return as_float((as_int(a) & mask) | (as_int(b) & ~mask));
}
// The first n lanes of v; the others are `rest`'s.
inline f32x16 first_lanes(f32x16 v, int n, f32x16 rest) {
  constexpr i32x16 kIndex = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return select(kIndex < n, v, rest);
}

// A NaN in a stays.
inline f32x16 max(f32x16 a, f32x16 b) {
  return a < b ? b : a;  // one instruction everywhere
}
inline f32x16 min(f32x16 a, f32x16 b) {
  return a > b ? b : a;
}

inline f32x16 sqrt(f32x16 v) {
#if defined(__clang__)
  return __builtin_elementwise_sqrt(v);
#else
  for (int i = 0; i < kLanes; ++i) v[i] = std::sqrt(v[i]);
  return v;
#endif
}

using f32x8 = float __attribute__((vector_size(32)));
using f32x4 = float __attribute__((vector_size(16)));

// The lanes brought together by a fixed tree: halves onto halves.
template <class Combine>
inline float reduce(f32x16 v, Combine&& combine) {
  const f32x8 h8 = combine(__builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7),
                           __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15));
  const f32x4 h4 = combine(__builtin_shufflevector(h8, h8, 0, 1, 2, 3),
                           __builtin_shufflevector(h8, h8, 4, 5, 6, 7));
  return combine(combine(h4[0], h4[2]), combine(h4[1], h4[3]));
}
inline float reduce_add(f32x16 v) {
  return reduce(v, [](auto a, auto b) { return a + b; });
}
inline float reduce_max(f32x16 v) {
  return reduce(v, [](auto a, auto b) { return a < b ? b : a; });
}

// to[j * to_stride + i] = from[i * from_stride + j] for i and j in 0..3.
inline void transpose_4x4(float* to, std::int64_t to_stride, const float* from,
                          std::int64_t from_stride) {
  f32x4 r[4];
  for (int i = 0; i < 4; ++i) std::memcpy(&r[i], from + i * from_stride, sizeof r[i]);
  const f32x4 low01 = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5);
  const f32x4 low23 = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5);
  const f32x4 high01 = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7);
  const f32x4 high23 = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
  r[0] = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
  r[1] = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
  r[2] = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
  r[3] = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
  for (int j = 0; j < 4; ++j) std::memcpy(to + j * to_stride, &r[j], sizeof r[j]);
}

// Calls fn(i, n) over [0, size) in strides of 16, n lanes each: 16, but for the last.
template <class Fn>
inline void for_lanes(std::int64_t size, Fn&& fn) {
  std::int64_t i = 0;
  for (; i + kLanes <= size; i += kLanes) fn(i, AllLanes{});
  if (i < size) fn(i, static_cast<int>(size - i));
}
// The machine's own register.
#if defined(__AVX512F__)
inline constexpr int kRegisterLanes = 16;
inline constexpr int kRegisters = 32;
#elif defined(__AVX__)
inline constexpr int kRegisterLanes = 8;
inline constexpr int kRegisters = 16;
#elif defined(__aarch64__)
inline constexpr int kRegisterLanes = 4;
inline constexpr int kRegisters = 32;
#else  // WebAssembly on x86, and plain x86-64
inline constexpr int kRegisterLanes = 4;
inline constexpr int kRegisters = 16;
#endif
using Register = float __attribute__((vector_size(kRegisterLanes * sizeof(float))));

inline Register load_register(const float* p) {
  Register v;
  std::memcpy(&v, p, sizeof v);
  return v;
}
inline void store_register(float* p, Register v) {
  std::memcpy(p, &v, sizeof v);
}
inline Register splat_register(float x) {
  return x - Register{};
}

// Hides from the optimizer what lies behind a pointer, at no cost: it is read again afterwards.
inline void make_opaque(const float* p) {
  asm volatile("" : : "r"(p) : "memory");
}

// Whether this build has an instruction that may fuse a multiplication with an addition.
#if defined(__FMA__) || defined(__aarch64__) || defined(__wasm_relaxed_simd__)
inline constexpr bool kCanFuse = true;
#else
inline constexpr bool kCanFuse = false;
#endif

// a b + c, rounded twice (strict) or once (fused).
template <bool kFused>
inline Register multiply_add(Register a, Register b, Register c) {
  if constexpr (!kFused) {
    return a * b + c;
  } else {
#if defined(__wasm_relaxed_simd__)
    return (Register)wasm_f32x4_relaxed_madd((v128_t)a, (v128_t)b, (v128_t)c);
#elif defined(__clang__)
    return __builtin_elementwise_fma(a, b, c);
#else
    for (int i = 0; i < kRegisterLanes; ++i) c[i] = __builtin_fmaf(a[i], b[i], c[i]);
    return c;
#endif
  }
}

// Whether it does so on this processor: WebAssembly's relaxed instruction fuses where that is fast.
inline bool fuses() {
  if constexpr (!kCanFuse) {
    return false;
  } else {
    // (1 + 2^-12)^2 - (1 + 2^-11) is 2^-24; the product alone cannot hold that.
    volatile float a = 1 + 0x1p-12f, c = -(1 + 0x1p-11f);
    const Register x = splat_register(a);
    return multiply_add<true>(x, x, splat_register(c))[0] == 0x1p-24f;
  }
}

}  // namespace clearformer::simd
