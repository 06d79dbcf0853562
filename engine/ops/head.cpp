#include "ops/head.h"

#include <algorithm>

#include "kernels/gemm.h"

namespace clearformer {

void head_forward(const Context& context, float* logits, const float* x, const float* weight,
                  std::int64_t rows, std::int64_t C, std::int64_t V) {
  const OpTimer timer(context.profile, __func__, gemm_flops(rows, V, C));
  gemm(context, {.data = logits, .stride = V}, matrix(x, C), transposed(weight, C), rows, V, C);
}

void head_backward(const Context& context, float* dx, float* dweight, const float* dlogits,
                   const float* x, const float* weight, std::int64_t rows, std::int64_t C,
                   std::int64_t V) {
  const OpTimer timer(context.profile, __func__, 2 * gemm_flops(rows, V, C));
  gemm(context, {.data = dx, .stride = C}, matrix(dlogits, V), matrix(weight, C), rows, C, V);
  gemm(context, {.data = dweight, .stride = C, .accumulate = true}, transposed(dlogits, V),
       matrix(x, C), V, C, rows);
}

std::int64_t head_scratch(std::int64_t rows, std::int64_t C, std::int64_t V) {
  return std::max({gemm_scratch(rows, V, C), gemm_scratch(rows, C, V), gemm_scratch(V, C, rows)});
}

}  // namespace clearformer
