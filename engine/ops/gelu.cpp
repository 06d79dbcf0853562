#include "ops/gelu.h"

#include "kernels/simd.h"
#include "kernels/vec_math.h"
#include "ops/grain.h"

namespace clearformer {
namespace {

constexpr float kTwoSqrt2OverPi = 2 * 0.7978845608028654f;
constexpr float kCubic = 0.044715f;

}  // namespace

void gelu_forward(const Context& context, float* out, const float* x, std::int64_t size) {
  const OpTimer timer(context.profile, __func__);
  for_each_lanes(context, size, [&](std::int64_t i, auto n) {
    const simd::f32x16 v = simd::load(x + i, n);
    const simd::f32x16 two_u = kTwoSqrt2OverPi * (v + kCubic * (v * v * v));
    simd::store(out + i, v * sigmoid(two_u), n);
  });
}

void gelu_backward(const Context& context, float* out, float* dx, const float* dout, const float* x,
                   std::int64_t size) {
  const OpTimer timer(context.profile, __func__);
  for_each_lanes(context, size, [&](std::int64_t i, auto n) {
    const simd::f32x16 v = simd::load(x + i, n);
    const simd::f32x16 two_u = kTwoSqrt2OverPi * (v + kCubic * (v * v * v));
    const simd::f32x16 two_du = kTwoSqrt2OverPi * (1.0f + 3 * kCubic * (v * v));
    const simd::f32x16 s = sigmoid(two_u);
    simd::store(out + i, v * s, n);
    simd::store(dx + i, simd::load(dout + i, n) * (s + v * (s * (1.0f - s)) * two_du), n);
  });
}

}  // namespace clearformer
