#include "ops/activation.h"

#include <algorithm>

#include "base/check.h"
#include "kernels/simd.h"
#include "kernels/vec_math.h"
#include "ops/grain.h"

namespace clearformer {
namespace {

constexpr float kTwoSqrt2OverPi = 2 * 0.7978845608028654f;
constexpr float kCubic = 0.044715f;

// Contiguous numbers of one row. Null: up and dup where nothing is gated, the gradients in forward.
struct Piece {
  float *out, *dx, *dup;
  const float *dout, *x, *up;
};

// The formulas, of forward and backward alike; size is whole lanes. One copy, as it is the largest
// loop of all.
[[gnu::noinline]] void activate(Activation activation, const Piece& piece, std::int64_t size) {
  const Piece p = piece;  // in registers, which no store can change
  const bool is_gelu = activation == Activation::gelu, backward = p.dout != nullptr;
  for (std::int64_t i = 0; i < size; i += simd::kLanes) {
    const simd::f32x16 v = simd::load(p.x + i);
    simd::f32x16 y, slope{};
    if (activation == Activation::relu2) {
      const simd::f32x16 positive = simd::max(v, simd::f32x16{});
      y = positive * positive;
      slope = 2.0f * positive;
    } else {
      const simd::f32x16 s = sigmoid(is_gelu ? kTwoSqrt2OverPi * (v + kCubic * (v * v * v)) : v);
      y = v * s;
      if (backward) {
        simd::f32x16 inner = v * (s * (1.0f - s));
        if (is_gelu) inner = inner * (kTwoSqrt2OverPi * (1.0f + 3 * kCubic * (v * v)));
        slope = s + inner;
      }
    }
    simd::f32x16 d = backward ? simd::load(p.dout + i) : simd::f32x16{};
    if (p.up != nullptr) {
      const simd::f32x16 up = simd::load(p.up + i);
      if (backward) simd::store(p.dup + i, d * y);
      d = d * up;
      y = y * up;
    }
    if (backward) simd::store(p.dx + i, d * slope);
    simd::store(p.out + i, y);
  }
}

// The last numbers of a piece, in whole lanes beside it.
void activate_tail(Activation activation, const Piece& p, std::int64_t size) {
  float lanes[6][simd::kLanes] = {};
  const auto in = [&](const float* from, float* to) -> const float* {
    return from != nullptr ? std::copy_n(from, size, to) - size : nullptr;
  };
  const auto out = [&](float* to, const float* from) {
    if (to != nullptr) std::copy_n(from, size, to);
  };
  activate(
      activation,
      {lanes[0], lanes[1], lanes[2], in(p.dout, lanes[3]), in(p.x, lanes[4]), in(p.up, lanes[5])},
      simd::kLanes);
  out(p.out, lanes[0]);
  out(p.dx, lanes[1]);
  out(p.dup, lanes[2]);
}

// dx and dout are null in forward.
void activate_rows(const Context& context, Activation activation, float* out, float* dx,
                   const float* dout, const float* x, std::int64_t rows, std::int64_t H) {
  const bool gated = is_gated(activation);
  CHECK(!gated || out != x);  // rows of x are longer: another's would be overwritten
  const std::int64_t size = rows * H, width = gated ? H : size;  // all in one row otherwise
  context.pool.parallel_for(0, size, kElementsPerTask, [&](std::int64_t i, std::int64_t last, int) {
    while (i < last) {
      const std::int64_t row = i / width, col = i % width;
      const std::int64_t n = std::min(width - col, last - i);
      const std::int64_t whole = n / simd::kLanes * simd::kLanes;
      const auto piece = [&](std::int64_t offset) {
        const std::int64_t at = 2 * row * width + col + offset;
        return Piece{.out = out + i + offset,
                     .dx = dx != nullptr ? dx + at : nullptr,
                     .dup = dx != nullptr && gated ? dx + at + width : nullptr,
                     .dout = dout != nullptr ? dout + i + offset : nullptr,
                     .x = x + at,
                     .up = gated ? x + at + width : nullptr};
      };
      activate(activation, piece(0), whole);
      if (whole < n) activate_tail(activation, piece(whole), n - whole);
      i += n;
    }
  });
}

}  // namespace

void activation_forward(const Context& context, Activation activation, float* out, const float* x,
                        std::int64_t rows, std::int64_t H) {
  const OpTimer timer(context.profile, __func__);
  activate_rows(context, activation, out, nullptr, nullptr, x, rows, H);
}

void activation_backward(const Context& context, Activation activation, float* out, float* dx,
                         const float* dout, const float* x, std::int64_t rows, std::int64_t H) {
  const OpTimer timer(context.profile, __func__);
  activate_rows(context, activation, out, dx, dout, x, rows, H);
}

}  // namespace clearformer
