#include "train/muon.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/gemm.h"
#include "kernels/reduce.h"
#include "ops/grain.h"
#include "train/optimizer.h"

namespace clearformer {
namespace {

constexpr int kIterations = 5;

// One linear map: (rows, cols), packed. Its products are with matrices of the shorter side.
struct Map {
  std::int64_t rows, cols;

  std::int64_t size() const { return rows * cols; }
  bool tall() const { return rows > cols; }
  std::int64_t side() const { return std::min(rows, cols); }
  std::int64_t length() const { return std::max(rows, cols); }
  std::int64_t products_scratch() const {
    return std::max({gemm_scratch(side(), side(), length()), gemm_scratch(side(), side(), side()),
                     gemm_scratch(rows, cols, side())});
  }
};

// What the iteration works with, in context.scratch.
struct Work {
  float* x;  // (rows, cols): the update
  float* y;  // (rows, cols): the next x
  float* a;  // (side, side): x x^T
  float* p;  // (side, side): its polynomial
  std::span<float> products;

  Work(std::span<float> scratch, const Map& map)
      : x(scratch.data()),
        y(x + map.size()),
        a(y + map.size()),
        p(a + map.side() * map.side()),
        products(scratch.subspan(p + map.side() * map.side() - x)) {}
};

// fn(i, c, n): lanes c .. c+n-1 of row i, over a matrix.
template <class Fn>
void for_each_row_lanes(const Context& context, const Map& map, Fn&& fn) {
  context.pool.parallel_for(
      0, map.rows, grain_for(map.cols), [&](std::int64_t first, std::int64_t last, int) {
        for (std::int64_t i = first; i < last; ++i)
          simd::for_lanes(map.cols, [&](std::int64_t c, auto n) { fn(i, c, n); });
      });
}

// x / |x|, Frobenius, row by row in order.
void normalise(const Context& context, float* x, const Map& map) {
  double squares = 0;
  for (std::int64_t i = 0; i < map.rows; ++i)
    squares += dot(x + i * map.cols, x + i * map.cols, map.cols);
  const auto inverse = static_cast<float>(1.0 / std::max(std::sqrt(squares), 1e-7));
  for_each_lanes(context, map.size(), [&](std::int64_t i, auto n) {
    simd::store(x + i, simd::load(x + i, n) * inverse, n);
  });
}

// x = (a I + b A + c A^2) x with A = x x^T; of a tall x, from the other side.
void iterate(const Context& context, Work& w, const Map& map) {
  constexpr float kA = 3.4445f, kB = -4.7750f, kC = 2.0315f;
  const Context ops{context.pool, context.arithmetic, w.products};
  const std::int64_t side = map.side();
  const MatrixView x = matrix(w.x, map.cols), xt = transposed(w.x, map.cols);
  gemm(ops, {.data = w.a, .stride = side}, map.tall() ? xt : x, map.tall() ? x : xt, side, side,
       map.length());
  gemm(ops, {.data = w.p, .stride = side}, matrix(w.a, side), matrix(w.a, side), side, side, side);
  for_each_lanes(context, side * side, [&](std::int64_t i, auto n) {
    simd::store(w.p + i, simd::load(w.a + i, n) * kB + simd::load(w.p + i, n) * kC, n);
  });
  for (std::int64_t i = 0; i < side; ++i) w.p[i * side + i] += kA;
  const MatrixView p = matrix(w.p, side);
  gemm(ops, {.data = w.y, .stride = map.cols}, map.tall() ? x : p, map.tall() ? p : x, map.rows,
       map.cols, side);
  std::swap(w.x, w.y);
}

template <class Fn>
void for_each_map(const ParameterInfo& info, Fn&& fn) {
  std::int64_t column = 0;
  for (const std::int64_t cols : info.maps) {
    if (cols > 0) fn(Map{info.rows, cols}, column);
    column += cols;
  }
}

}  // namespace

MuonStep::MuonStep(const Recipe& r, double lr, double gradient_norm)
    : momentum(static_cast<float>(r.momentum)),
      gradient_scale(::clearformer::gradient_scale(r, gradient_norm)),
      decay(static_cast<float>(1.0 - lr * r.weight_decay)),
      lr(lr) {}

void muon_update(const Context& context, const MuonStep& s, const ParameterInfo& info,
                 float* parameter, float* momentum, const float* gradient) {
  const OpTimer timer(context.profile, __func__, muon_flops(info));
  CHECK(static_cast<std::int64_t>(context.scratch.size()) >= muon_scratch(info));
  const float one_minus = 1.0f - s.momentum;
  for_each_map(info, [&](const Map& map, std::int64_t column) {
    Work w(context.scratch, map);
    for_each_row_lanes(context, map, [&](std::int64_t i, std::int64_t c, auto n) {
      const std::int64_t at = i * info.cols + column + c;
      const simd::f32x16 g = simd::load(gradient + at, n) * (s.gradient_scale * one_minus);
      const simd::f32x16 m = simd::load(momentum + at, n) * s.momentum + g;
      simd::store(momentum + at, m, n);
      simd::store(w.x + i * map.cols + c, m * s.momentum + g, n);
    });
    normalise(context, w.x, map);
    for (int i = 0; i < kIterations; ++i) iterate(context, w, map);
    const double scale = 0.2 * std::sqrt(static_cast<double>(map.length()));
    const auto step_size = static_cast<float>(s.lr * scale);
    for_each_row_lanes(context, map, [&](std::int64_t i, std::int64_t c, auto n) {
      const std::int64_t at = i * info.cols + column + c;
      const simd::f32x16 update = simd::load(w.x + i * map.cols + c, n) * step_size;
      simd::store(parameter + at, simd::load(parameter + at, n) * s.decay - update, n);
    });
  });
}

std::int64_t muon_scratch(const ParameterInfo& info) {
  std::int64_t most = 0;
  for_each_map(info, [&](const Map& map, std::int64_t) {
    const std::int64_t squares = 2 * map.side() * map.side();
    most = std::max(most, 2 * map.size() + squares + map.products_scratch());
  });
  return most;
}

double muon_flops(const ParameterInfo& info) {
  double flops = 0;
  for_each_map(info, [&](const Map& map, std::int64_t) {
    flops += 2 * gemm_flops(map.side(), map.side(), map.length()) +
             gemm_flops(map.side(), map.side(), map.side());
  });
  return kIterations * flops;
}

}  // namespace clearformer
