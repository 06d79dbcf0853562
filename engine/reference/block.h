#pragma once

#include "model/config.h"
#include "model/parameters.h"
#include "reference/activations.h"
#include "reference/attention.h"
#include "reference/dropout.h"
#include "reference/gelu.h"
#include "reference/layernorm.h"
#include "reference/linear.h"
#include "reference/residual.h"

namespace clearformer::reference {

// One pre-LayerNorm block: y = x + attention(ln_1(x)), out = y + mlp(ln_2(y)). Radford et al.,
// "Language Models are Unsupervised Multitask Learners" (2019). out is a.residual_out.
// REQUIRES: every vector of `a` has its size.
template <class Number>
void block_forward(BlockActivations<Number>& a,
                   const Number* x,  // (B, T, C)
                   const BlockParameters<const Number>& p, const DropoutScales::Block& scales,
                   const ModelConfig& config, Index B, Index T) {
  const Index N = B * T, C = config.n_embd;

  layernorm_forward(a.ln_1.data(), a.ln_1_mean.data(), a.ln_1_rstd.data(), x, p.ln_1_weight,
                    p.ln_1_bias, N, C);
  linear_forward(a.qkv.data(), a.ln_1.data(), p.c_attn_weight, p.c_attn_bias, N, C, 3 * C);
  attention_forward(a.attention.data(), a.att.data(), a.qkv.data(), scales_or_null(scales.att), B,
                    T, C, config.n_head);
  linear_forward(a.attn_c_proj.data(), a.attention.data(), p.attn_c_proj_weight, p.attn_c_proj_bias,
                 N, C, C);
  dropout_forward(a.attn_dropout.data(), a.attn_c_proj.data(), scales_or_null(scales.attn), N * C);
  residual_forward(a.residual_mid.data(), x, a.attn_dropout.data(), N * C);

  layernorm_forward(a.ln_2.data(), a.ln_2_mean.data(), a.ln_2_rstd.data(), a.residual_mid.data(),
                    p.ln_2_weight, p.ln_2_bias, N, C);
  linear_forward(a.c_fc.data(), a.ln_2.data(), p.c_fc_weight, p.c_fc_bias, N, C, 4 * C);
  gelu_forward(a.gelu.data(), a.c_fc.data(), N * 4 * C);
  linear_forward(a.mlp_c_proj.data(), a.gelu.data(), p.mlp_c_proj_weight, p.mlp_c_proj_bias, N,
                 4 * C, C);
  dropout_forward(a.mlp_dropout.data(), a.mlp_c_proj.data(), scales_or_null(scales.mlp), N * C);
  residual_forward(a.residual_out.data(), a.residual_mid.data(), a.mlp_dropout.data(), N * C);
}

// The residual stream is used twice, by a branch and by the sum after it: its gradient is the sum
// of both.
template <class Number>
void block_backward(Number* dx,                         // (B, T, C), =
                    const BlockParameters<Number>& dp,  // +=
                    BlockActivations<Number>& da,       // =, except residual_out: comes in
                    const Number* x,                    // (B, T, C)
                    const BlockParameters<const Number>& p, const BlockActivations<Number>& a,
                    const DropoutScales::Block& scales, const ModelConfig& config, Index B,
                    Index T) {
  const Index N = B * T, C = config.n_embd;
  std::vector<Number> through_sum(N * C), through_branch(N * C);

  residual_backward(through_sum.data(), da.mlp_dropout.data(), da.residual_out.data(), N * C);
  dropout_backward(da.mlp_c_proj.data(), da.mlp_dropout.data(), scales_or_null(scales.mlp), N * C);
  linear_backward(da.gelu.data(), dp.mlp_c_proj_weight, dp.mlp_c_proj_bias, da.mlp_c_proj.data(),
                  a.gelu.data(), p.mlp_c_proj_weight, N, 4 * C, C);
  gelu_backward(da.c_fc.data(), da.gelu.data(), a.c_fc.data(), N * 4 * C);
  linear_backward(da.ln_2.data(), dp.c_fc_weight, dp.c_fc_bias, da.c_fc.data(), a.ln_2.data(),
                  p.c_fc_weight, N, C, 4 * C);
  layernorm_backward(through_branch.data(), dp.ln_2_weight, dp.ln_2_bias, da.ln_2.data(),
                     a.residual_mid.data(), p.ln_2_weight, a.ln_2_mean.data(), a.ln_2_rstd.data(),
                     N, C);
  residual_forward(da.residual_mid.data(), through_sum.data(), through_branch.data(), N * C);

  residual_backward(through_sum.data(), da.attn_dropout.data(), da.residual_mid.data(), N * C);
  dropout_backward(da.attn_c_proj.data(), da.attn_dropout.data(), scales_or_null(scales.attn),
                   N * C);
  linear_backward(da.attention.data(), dp.attn_c_proj_weight, dp.attn_c_proj_bias,
                  da.attn_c_proj.data(), a.attention.data(), p.attn_c_proj_weight, N, C, C);
  attention_backward(da.qkv.data(), da.att.data(), da.attention.data(), a.qkv.data(), a.att.data(),
                     scales_or_null(scales.att), B, T, C, config.n_head);
  linear_backward(da.ln_1.data(), dp.c_attn_weight, dp.c_attn_bias, da.qkv.data(), a.ln_1.data(),
                  p.c_attn_weight, N, C, 3 * C);
  layernorm_backward(through_branch.data(), dp.ln_1_weight, dp.ln_1_bias, da.ln_1.data(), x,
                     p.ln_1_weight, a.ln_1_mean.data(), a.ln_1_rstd.data(), N, C);
  residual_forward(dx, through_sum.data(), through_branch.data(), N * C);
}

}  // namespace clearformer::reference
