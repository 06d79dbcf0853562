#pragma once

#include <cstdint>

#include "base/context.h"

namespace clearformer {

// Whether this build has the fused class, and this processor fuses.
bool can_fuse();

// A matrix to read: element (i, j) is data[i * row_stride + j * col_stride]. One stride is 1.
struct MatrixView {
  const float* data;
  std::int64_t row_stride;
  std::int64_t col_stride;
};

// Row-major as it lies, and its transpose, without moving anything.
inline MatrixView matrix(const float* data, std::int64_t stride) {
  return {data, stride, 1};
}
inline MatrixView transposed(const float* data, std::int64_t stride) {
  return {data, 1, stride};
}

// Where a product goes and what is added to it. Row-major.
struct GemmOutput {
  float* data;
  std::int64_t stride;
  bool accumulate = false;          // the sum starts from what is there
  const float* bias = nullptr;      // (N), added to each finished row
  const float* residual = nullptr;  // (M, N) with `stride`, added after the bias; not `data`
};

// out (M, N) = a (M, K) b (K, N).
//
// Each element is one sum over k = 0, 1, ..., K-1 in that order, whatever the tile, the blocking,
// the vector width and the number of threads: those decide only where an element is computed. So
// one arithmetic class gives the same bits everywhere.
//
// Uses context.scratch: at least gemm_scratch(M, N, K) floats.
void gemm(const Context& context, const GemmOutput& out, const MatrixView& a, const MatrixView& b,
          std::int64_t M, std::int64_t N, std::int64_t K);
std::int64_t gemm_scratch(std::int64_t M, std::int64_t N, std::int64_t K);

// Floating point operations of a product, a multiplication and an addition counted as two.
inline double gemm_flops(std::int64_t M, std::int64_t N, std::int64_t K) {
  return 2.0 * static_cast<double>(M) * static_cast<double>(N) * static_cast<double>(K);
}

// The same on the calling thread, for use inside a parallel_for.
void gemm_serial(Arithmetic arithmetic, float* scratch, const GemmOutput& out, const MatrixView& a,
                 const MatrixView& b, std::int64_t M, std::int64_t N, std::int64_t K);

}  // namespace clearformer
