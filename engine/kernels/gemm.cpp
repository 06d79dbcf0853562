#include "kernels/gemm.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "base/check.h"
#include "kernels/simd.h"

namespace clearformer {
namespace {

// The register tile: kTileRows x kTileVectors accumulators, beside them kTileVectors registers of b
// and one of a. Of 16 registers 4x2 (a 4x8 tile of 128-bit lanes) leaves the compiler room that
// V8 needs: it spills at 6x2. AVX2 fills 6x2 (6x16), the 32 registers of AVX-512 12x2 (12x32) and
// those of NEON 8x2 (8x8).
#if defined(__AVX512F__)
constexpr int kTileRows = 12, kTileVectors = 2;
#elif defined(__AVX__)
constexpr int kTileRows = 6, kTileVectors = 2;
#elif defined(__aarch64__)
constexpr int kTileRows = 8, kTileVectors = 2;
#else
constexpr int kTileRows = 4, kTileVectors = 2;
#endif
constexpr int kUnroll = 8;  // steps along k
static_assert(kTileRows * kTileVectors + kTileVectors + 1 <= simd::kRegisters);
constexpr int kTileCols = kTileVectors * simd::kRegisterLanes;

// Blocks: a kBlockK x kTileCols panel of b stays in the first-level cache while a block of a
// passes; the packed blocks of a and b stay in the second. Weights are packed in every product:
// kept packed over a step they take twice their size and were no faster, since they come from
// farther away.
constexpr std::int64_t kBlockK = 256;
constexpr std::int64_t kBlockM = 64 * kTileRows;
constexpr std::int64_t kBlockN = 512;
static_assert(kBlockN % kTileCols == 0);

// A task of the parallel loop: so many tiles by so many. Small, so that even a product of 128 x 128
// falls into enough of them to share evenly.
constexpr std::int64_t kTaskRowTiles = (16 + kTileRows - 1) / kTileRows;
constexpr std::int64_t kTaskColTiles = 128 / kTileCols;

std::int64_t divide_up(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}
std::int64_t round_up(std::int64_t a, std::int64_t b) {
  return divide_up(a, b) * b;
}

// Packs elements [first, K) of `count` vectors, one at a time: what is left at the edges. Rare, so
// that there is one for all.
[[gnu::noinline]] void pack_element_wise(float* panel, int width, const float* data,
                                         std::int64_t across, std::int64_t along,
                                         std::int64_t count, std::int64_t first, std::int64_t K) {
#pragma GCC unroll 1
  for (std::int64_t k = first; k < K; ++k)
    for (std::int64_t i = 0; i < count; ++i) panel[k * width + i] = data[i * across + k * along];
}

// More would be larger to load, and no faster.
constexpr int kPackUnroll = 2;

// Packs kWidth vectors of length K side by side: panel (K, kWidth). Vector i's element k is
// data[i * across + k * along]; one of the strides is 1.
template <int kWidth>
void pack_panel(float* panel, const float* data, std::int64_t across, std::int64_t along,
                std::int64_t K) {
  if (across == 1) {
#pragma GCC unroll kPackUnroll
    for (std::int64_t k = 0; k < K; ++k)
      std::memcpy(panel + k * kWidth, data + k * along, kWidth * sizeof(float));
    return;
  }
  const std::int64_t whole = K / 4 * 4;
  int i = 0;
  for (; i + 4 <= kWidth; i += 4) {
#pragma GCC unroll kPackUnroll
    for (std::int64_t k = 0; k < whole; k += 4)
      simd::transpose_4x4(panel + k * kWidth + i, kWidth, data + i * across + k, across);
    pack_element_wise(panel + i, kWidth, data + i * across, across, along, 4, whole, K);
  }
  pack_element_wise(panel + i, kWidth, data + i * across, across, along, kWidth - i, 0, K);
}

// Panels that are packed together: side by side they fill cache lines.
constexpr int kPackedTogether = 4;

// Packs the vectors of up to kPackedTogether panels, of which `count` vectors are left.
template <int kWidth>
void pack_panels(float* panels, const float* data, std::int64_t across, std::int64_t along,
                 std::int64_t count, std::int64_t K) {
  if (across == 1 && count >= kPackedTogether * kWidth) {
#pragma GCC unroll 1
    for (std::int64_t k = 0; k < K; ++k)
      for (int p = 0; p < kPackedTogether; ++p)
        std::memcpy(panels + (p * K + k) * kWidth, data + k * along + p * kWidth,
                    kWidth * sizeof(float));
    return;
  }
  const std::int64_t end = std::min<std::int64_t>(count, kPackedTogether * kWidth);
  std::int64_t i = 0;
  for (; i + kWidth <= end; i += kWidth)
    pack_panel<kWidth>(panels + i * K, data + i * across, across, along, K);
  if (i == end) return;
  std::fill_n(panels + i * K, K * kWidth, 0.0f);
  pack_element_wise(panels + i * K, kWidth, data + i * across, across, along, end - i, 0, K);
}

// The micro-kernel: c (kTileRows, kTileCols) = [c +] a b over K, from packed panels. `existing`
// says that the sums go on from c.
template <bool kFused>
void gemm_tile(float* c, std::int64_t stride, const float* a, const float* b, std::int64_t K,
               bool existing) {
  using simd::Register;
  Register sum[kTileRows][kTileVectors];
  for (int i = 0; i < kTileRows; ++i)
    for (int v = 0; v < kTileVectors; ++v)
      sum[i][v] =
          existing ? simd::load_register(c + i * stride + v * simd::kRegisterLanes) : Register{};
  const auto step = [&](const float* column, const float* row) __attribute__((always_inline)) {
    Register factors[kTileVectors];
    for (int v = 0; v < kTileVectors; ++v)
      factors[v] = simd::load_register(row + v * simd::kRegisterLanes);
    for (int i = 0; i < kTileRows; ++i) {
      const Register factor = simd::splat_register(column[i]);
      for (int v = 0; v < kTileVectors; ++v)
        sum[i][v] = simd::multiply_add<kFused>(factor, factors[v], sum[i][v]);
    }
  };
  // The way out after each step is for WebAssembly: without it all steps are one block, in which V8
  // moves the loads in front of the sums and spills them. Comparing with a constant costs the
  // least.
  std::int32_t left = static_cast<std::int32_t>(K);
  for (;; left -= kUnroll, a += kUnroll * kTileRows, b += kUnroll * kTileCols) {
    bool more = true;
#pragma GCC unroll kUnroll
    for (int u = 0; u < kUnroll; ++u) {
      step(a + u * kTileRows, b + u * kTileCols);
      more = left != u + 1;
      if (!more) break;
    }
    if (!more) break;
  }
  for (int i = 0; i < kTileRows; ++i)
    for (int v = 0; v < kTileVectors; ++v)
      simd::store_register(c + i * stride + v * simd::kRegisterLanes, sum[i][v]);
}

// Adds bias and residual to the finished columns [col, col + cols) of one row.
void finish_row(float* out, const float* bias, const float* residual, std::int64_t cols) {
  if (bias != nullptr)
    for (std::int64_t j = 0; j < cols; ++j) out[j] += bias[j];
  if (residual != nullptr)
    for (std::int64_t j = 0; j < cols; ++j) out[j] += residual[j];
}

// A product of few rows reads b as it lies: packing it would cost more than the product.
constexpr std::int64_t kDirectRows = 2;
constexpr int kDirectVectors = 8;
constexpr std::int64_t kDirectCols = kDirectVectors * simd::kRegisterLanes;

// out (kVectors registers) = [out +] a b for one row of a, from b (K, kVectors registers). Of the
// last register `lanes` lanes exist.
template <bool kFused, int kVectors>
void direct_columns(float* out, const float* a, std::int64_t a_stride, const float* b,
                    std::int64_t b_stride, std::int64_t K, bool existing, int lanes) {
  using simd::kRegisterLanes;
  using simd::Register;
  const auto lanes_of = [&](int v) { return v + 1 < kVectors ? kRegisterLanes : lanes; };
  Register sum[kVectors] = {};
  if (existing)
    for (int v = 0; v < kVectors; ++v)
      std::memcpy(&sum[v], out + v * kRegisterLanes, lanes_of(v) * sizeof(float));
  for (std::int64_t k = 0; k < K; ++k) {
    const Register factor = simd::splat_register(a[k * a_stride]);
    const float* row = b + k * b_stride;
    for (int v = 0; v + 1 < kVectors; ++v)
      sum[v] =
          simd::multiply_add<kFused>(factor, simd::load_register(row + v * kRegisterLanes), sum[v]);
    Register last{};
    if (lanes == kRegisterLanes) {
      last = simd::load_register(row + (kVectors - 1) * kRegisterLanes);
    } else {
      std::memcpy(&last, row + (kVectors - 1) * kRegisterLanes, lanes * sizeof(float));
    }
    sum[kVectors - 1] = simd::multiply_add<kFused>(factor, last, sum[kVectors - 1]);
  }
  for (int v = 0; v < kVectors; ++v)
    std::memcpy(out + v * kRegisterLanes, &sum[v], lanes_of(v) * sizeof(float));
}

// Columns [col, col + cols), cols <= kDirectCols, of all M rows.
template <bool kFused>
void compute_direct(const GemmOutput& out, const MatrixView& a, const MatrixView& b, std::int64_t M,
                    std::int64_t K, std::int64_t col, std::int64_t cols) {
  for (std::int64_t i = 0; i < M; ++i) {
    const float* const a_row = a.data + i * a.row_stride;
    float* const out_row = out.data + i * out.stride + col;
    if (cols == kDirectCols) {
      direct_columns<kFused, kDirectVectors>(out_row, a_row, a.col_stride, b.data + col,
                                             b.row_stride, K, out.accumulate, simd::kRegisterLanes);
    } else {
      for (std::int64_t j = 0; j < cols; j += simd::kRegisterLanes)
        direct_columns<kFused, 1>(
            out_row + j, a_row, a.col_stride, b.data + col + j, b.row_stride, K, out.accumulate,
            static_cast<int>(std::min<std::int64_t>(simd::kRegisterLanes, cols - j)));
    }
    finish_row(out_row, out.bias ? out.bias + col : nullptr,
               out.residual ? out.residual + i * out.stride + col : nullptr, cols);
  }
}

// Calls fn(kFused), a constant.
template <class Fn>
void with_class(Arithmetic arithmetic, Fn&& fn) {
  if constexpr (simd::kCanFuse) {
    if (arithmetic == Arithmetic::fused) return fn(std::true_type{});
  }
  CHECK(arithmetic == Arithmetic::strict);
  fn(std::false_type{});
}

// One block product, all of whose operands are packed.
struct Block {
  const GemmOutput& out;
  const float* packed_a;
  const float* packed_b;
  std::int64_t row, rows;  // of out
  std::int64_t col, cols;
  std::int64_t K;
  bool first, last;  // the first and the last block along k

  std::int64_t row_tiles() const { return divide_up(rows, kTileRows); }
  std::int64_t col_tiles() const { return divide_up(cols, kTileCols); }
};

template <bool kFused>
[[gnu::noinline]] void compute_tile(const Block& block, std::int64_t row_tile,
                                    std::int64_t col_tile) {
  const GemmOutput& out = block.out;
  const std::int64_t i = block.row + row_tile * kTileRows;
  const std::int64_t j = block.col + col_tile * kTileCols;
  const std::int64_t rows = std::min<std::int64_t>(kTileRows, block.row + block.rows - i);
  const std::int64_t cols = std::min<std::int64_t>(kTileCols, block.col + block.cols - j);
  const float* a = block.packed_a + row_tile * kTileRows * block.K;
  const float* b = block.packed_b + col_tile * kTileCols * block.K;
  float* const c = out.data + i * out.stride + j;

  // At an edge, whole tiles are computed beside the output.
  const bool whole = rows == kTileRows && cols == kTileCols;
  float edge[kTileRows * kTileCols];
  float* const sums = whole ? c : edge;
  const std::int64_t stride = whole ? out.stride : kTileCols;
  const bool existing = !block.first || out.accumulate;
  if (!whole) {
    std::fill_n(edge, kTileRows * kTileCols, 0.0f);
    if (existing)
      for (std::int64_t r = 0; r < rows; ++r)
        std::memcpy(edge + r * kTileCols, c + r * out.stride, cols * sizeof(float));
  }
  gemm_tile<kFused>(sums, stride, a, b, block.K, existing);
  if (block.last && (out.bias != nullptr || out.residual != nullptr)) {
    for (std::int64_t r = 0; r < rows; ++r)
      finish_row(sums + r * stride, out.bias ? out.bias + j : nullptr,
                 out.residual ? out.residual + (i + r) * out.stride + j : nullptr, cols);
  }
  if (!whole) {
    for (std::int64_t r = 0; r < rows; ++r)
      std::memcpy(c + r * out.stride, edge + r * kTileCols, cols * sizeof(float));
  }
}

// Packs some neighbouring panels of the block: of a first, then of b.
void pack_group(const Block& block, float* packed_a, float* packed_b, const MatrixView& a,
                const MatrixView& b, std::int64_t k, std::int64_t group) {
  const std::int64_t row_groups = divide_up(block.row_tiles(), kPackedTogether);
  if (group < row_groups) {
    const std::int64_t i = group * kPackedTogether * kTileRows;
    pack_panels<kTileRows>(packed_a + i * block.K,
                           a.data + (block.row + i) * a.row_stride + k * a.col_stride, a.row_stride,
                           a.col_stride, block.rows - i, block.K);
  } else {
    const std::int64_t j = (group - row_groups) * kPackedTogether * kTileCols;
    pack_panels<kTileCols>(packed_b + j * block.K,
                           b.data + k * b.row_stride + (block.col + j) * b.col_stride, b.col_stride,
                           b.row_stride, block.cols - j, block.K);
  }
}

// Walks the blocks of a product; `parallel(count, grain, fn)` runs fn(index) for each.
template <class Parallel>
void for_each_block(Arithmetic arithmetic, float* scratch, const GemmOutput& out,
                    const MatrixView& a, const MatrixView& b, std::int64_t M, std::int64_t N,
                    std::int64_t K, Parallel&& parallel) {
  CHECK(M >= 1 && N >= 1 && K >= 1);
  CHECK(out.residual == nullptr || (out.residual != out.data && !out.accumulate));
  if (M <= kDirectRows && b.col_stride == 1) {
    // As much work a task as a tile's column of a block has.
    const std::int64_t grain = std::max<std::int64_t>(1, 256 * 256 / (kDirectCols * K));
    parallel(divide_up(N, kDirectCols), grain, [&](std::int64_t task) {
      const std::int64_t col = task * kDirectCols;
      with_class(arithmetic, [&](auto fused) {
        compute_direct<fused>(out, a, b, M, K, col, std::min(kDirectCols, N - col));
      });
    });
    return;
  }
  float* packed_a = scratch;
  float* packed_b = scratch + round_up(std::min(M, kBlockM), kTileRows) * std::min(K, kBlockK);
  for (std::int64_t col = 0; col < N; col += kBlockN) {
    for (std::int64_t k = 0; k < K; k += kBlockK) {
      for (std::int64_t row = 0; row < M; row += kBlockM) {
        const Block block{.out = out,
                          .packed_a = packed_a,
                          .packed_b = packed_b,
                          .row = row,
                          .rows = std::min(kBlockM, M - row),
                          .col = col,
                          .cols = std::min(kBlockN, N - col),
                          .K = std::min(kBlockK, K - k),
                          .first = k == 0,
                          .last = k + kBlockK >= K};
        // b's panels stay packed while the rows pass.
        const std::int64_t groups = divide_up(block.row_tiles(), kPackedTogether) +
                                    (row == 0 ? divide_up(block.col_tiles(), kPackedTogether) : 0);
        parallel(groups, 2, [&](std::int64_t group) {
          pack_group(block, packed_a, packed_b, a, b, k, group);
        });
        const std::int64_t task_rows = divide_up(block.row_tiles(), kTaskRowTiles);
        const std::int64_t task_cols = divide_up(block.col_tiles(), kTaskColTiles);
        parallel(task_rows * task_cols, 1, [&](std::int64_t task) {
          const std::int64_t i = (task % task_rows) * kTaskRowTiles;
          const std::int64_t j = (task / task_rows) * kTaskColTiles;
          const std::int64_t i_end = std::min(i + kTaskRowTiles, block.row_tiles());
          const std::int64_t j_end = std::min(j + kTaskColTiles, block.col_tiles());
          with_class(arithmetic, [&](auto fused) {
            for (std::int64_t col_tile = j; col_tile < j_end; ++col_tile)
              for (std::int64_t row_tile = i; row_tile < i_end; ++row_tile)
                compute_tile<fused>(block, row_tile, col_tile);
          });
        });
      }
    }
  }
}

}  // namespace

bool can_fuse() {
  static const bool fuses = simd::fuses();
  return fuses;
}

std::int64_t gemm_scratch(std::int64_t M, std::int64_t N, std::int64_t K) {
  const std::int64_t depth = std::min(K, kBlockK);
  return (round_up(std::min(M, kBlockM), kTileRows) + round_up(std::min(N, kBlockN), kTileCols)) *
         depth;
}

void gemm(const Context& context, const GemmOutput& out, const MatrixView& a, const MatrixView& b,
          std::int64_t M, std::int64_t N, std::int64_t K) {
  CHECK(static_cast<std::int64_t>(context.scratch.size()) >= gemm_scratch(M, N, K));
  for_each_block(context.arithmetic, context.scratch.data(), out, a, b, M, N, K,
                 [&](std::int64_t count, std::int64_t grain, auto&& fn) {
                   context.pool.parallel_for(0, count, grain,
                                             [&](std::int64_t first, std::int64_t last, int) {
                                               for (std::int64_t i = first; i < last; ++i) fn(i);
                                             });
                 });
}

void gemm_serial(Arithmetic arithmetic, float* scratch, const GemmOutput& out, const MatrixView& a,
                 const MatrixView& b, std::int64_t M, std::int64_t N, std::int64_t K) {
  for_each_block(arithmetic, scratch, out, a, b, M, N, K,
                 [](std::int64_t count, std::int64_t, auto&& fn) {
                   for (std::int64_t i = 0; i < count; ++i) fn(i);
                 });
}

}  // namespace clearformer
