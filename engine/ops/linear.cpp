#include "ops/linear.h"

#include <algorithm>

#include "kernels/gemm.h"
#include "kernels/reduce.h"

namespace clearformer {

void linear_forward(const Context& context, float* out, const float* x, const float* weight,
                    const float* bias, const float* residual, std::int64_t rows, std::int64_t C_in,
                    std::int64_t C_out) {
  const OpTimer timer(context.profile, __func__, gemm_flops(rows, C_out, C_in));
  gemm(context, {.data = out, .stride = C_out, .bias = bias, .residual = residual}, matrix(x, C_in),
       matrix(weight, C_out), rows, C_out, C_in);
}

void linear_backward_input(const Context& context, float* dx, const float* dout,
                           const float* weight, std::int64_t rows, std::int64_t C_in,
                           std::int64_t C_out) {
  const OpTimer timer(context.profile, __func__, gemm_flops(rows, C_out, C_in));
  gemm(context, {.data = dx, .stride = C_in}, matrix(dout, C_out), transposed(weight, C_out), rows,
       C_in, C_out);
}

void linear_backward_weight(const Context& context, float* dweight, float* dbias, const float* dout,
                            const float* x, std::int64_t rows, std::int64_t C_in,
                            std::int64_t C_out) {
  const OpTimer timer(context.profile, __func__, gemm_flops(rows, C_out, C_in));
  gemm(context, {.data = dweight, .stride = C_out, .accumulate = true}, transposed(x, C_in),
       matrix(dout, C_out), C_in, C_out, rows);
  if (dbias != nullptr) add_column_sums(context, dbias, dout, rows, C_out);
}

void linear_backward(const Context& context, float* dx, float* dweight, float* dbias,
                     const float* dout, const float* x, const float* weight, std::int64_t rows,
                     std::int64_t C_in, std::int64_t C_out) {
  linear_backward_input(context, dx, dout, weight, rows, C_in, C_out);
  linear_backward_weight(context, dweight, dbias, dout, x, rows, C_in, C_out);
}

std::int64_t linear_scratch(std::int64_t rows, std::int64_t C_in, std::int64_t C_out) {
  return std::max({gemm_scratch(rows, C_out, C_in), gemm_scratch(rows, C_in, C_out),
                   gemm_scratch(C_in, C_out, rows)});
}

}  // namespace clearformer
