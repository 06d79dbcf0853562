#include "ops/qk_norm.h"

#include <algorithm>

#include "ops/grain.h"
#include "ops/norm.h"

namespace clearformer {
namespace {

NormShape queries(const AttentionShape& s) {
  return {s.B * s.T, s.head_size(), s.n_head, s.qkv_width()};
}
NormShape keys(const AttentionShape& s) {
  return {s.B * s.T, s.head_size(), s.n_kv_head, s.qkv_width()};
}

}  // namespace

void qk_norm_forward(const Context& context, float* out, float* rstd, const float* qkv,
                     const float* q_weight, const float* k_weight, const AttentionShape& s) {
  const std::int64_t rows = s.B * s.T;
  norm_forward(context, out, nullptr, rstd, qkv, q_weight, nullptr, queries(s));
  norm_forward(context, out + s.C, nullptr, rstd + rows * s.n_head, qkv + s.C, k_weight, nullptr,
               keys(s));
  if (out == qkv) return;
  const std::int64_t width = s.qkv_width(), values = s.kv_width();
  context.pool.parallel_for(0, rows, grain_for(values),
                            [&](std::int64_t first, std::int64_t last, int) {
                              for (std::int64_t row = first; row < last; ++row) {
                                const std::int64_t at = (row + 1) * width - values;
                                std::copy_n(qkv + at, values, out + at);
                              }
                            });
}

void qk_norm_backward(const Context& context, float* dqkv, float* dq_weight, float* dk_weight,
                      const float* qkv, const float* q_weight, const float* k_weight,
                      const float* rstd, const AttentionShape& s) {
  norm_backward(context, dqkv, dq_weight, nullptr, dqkv, nullptr, qkv, q_weight, nullptr, rstd,
                queries(s));
  norm_backward(context, dqkv + s.C, dk_weight, nullptr, dqkv + s.C, nullptr, qkv + s.C, k_weight,
                nullptr, rstd + s.B * s.T * s.n_head, keys(s));
}

}  // namespace clearformer
