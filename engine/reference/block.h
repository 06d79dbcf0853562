#pragma once

#include "model/config.h"
#include "model/parameters.h"
#include "reference/activations.h"
#include "reference/attention.h"
#include "reference/dropout.h"
#include "reference/gelu.h"
#include "reference/layernorm.h"
#include "reference/linear.h"
#include "reference/qk_norm.h"
#include "reference/relu2.h"
#include "reference/residual.h"
#include "reference/rmsnorm.h"
#include "reference/rotary.h"
#include "reference/swiglu.h"

namespace clearformer::reference {

// The ops that a config chooses from.
template <class Number>
void norm_forward(Number* out, Number* mean, Number* rstd, const Number* x, const Number* weight,
                  const Number* bias, const ModelConfig& config, Index N) {
  if (config.norm == Norm::rmsnorm) {
    rmsnorm_forward(out, rstd, x, weight, N, config.n_embd);
  } else {
    layernorm_forward(out, mean, rstd, x, weight, bias, N, config.n_embd);
  }
}
template <class Number>
void norm_backward(Number* dx, Number* dweight, Number* dbias, const Number* dout, const Number* x,
                   const Number* weight, const Number* mean, const Number* rstd,
                   const ModelConfig& config, Index N) {
  if (config.norm == Norm::rmsnorm) {
    rmsnorm_backward(dx, dweight, dout, x, weight, rstd, N, config.n_embd);
  } else {
    layernorm_backward(dx, dweight, dbias, dout, x, weight, mean, rstd, N, config.n_embd);
  }
}

template <class Number>
void activation_forward(Number* out, const Number* x, const ModelConfig& config, Index N) {
  const Index H = config.n_inner();
  if (config.activation == Activation::gelu) gelu_forward(out, x, N * H);
  if (config.activation == Activation::relu2) relu2_forward(out, x, N * H);
  if (config.activation == Activation::swiglu) swiglu_forward(out, x, N, H);
}
template <class Number>
void activation_backward(Number* dx, const Number* dout, const Number* x, const ModelConfig& config,
                         Index N) {
  const Index H = config.n_inner();
  if (config.activation == Activation::gelu) gelu_backward(dx, dout, x, N * H);
  if (config.activation == Activation::relu2) relu2_backward(dx, dout, x, N * H);
  if (config.activation == Activation::swiglu) swiglu_backward(dx, dout, x, N, H);
}

// Queries, keys and values as attention reads them, and their gradient: the last of the projection,
// qk_norm and rotary that the model has.
template <class Number>
std::vector<Number>& attention_input(BlockActivations<Number>& a, const ModelConfig& config) {
  if (config.position == Position::rotary) return a.rotary;
  return config.qk_norm ? a.qk_norm : a.qkv;
}
template <class Number>
const std::vector<Number>& attention_input(const BlockActivations<Number>& a,
                                           const ModelConfig& config) {
  return attention_input(const_cast<BlockActivations<Number>&>(a), config);
}

// One pre-norm block: y = x + attention(ln_1(x)), out = y + mlp(ln_2(y)). Radford et al.,
// "Language Models are Unsupervised Multitask Learners" (2019). out is a.residual_out.
// REQUIRES: every vector of `a` has its size.
template <class Number>
void block_forward(BlockActivations<Number>& a,
                   const Number* x,  // (B, T, C)
                   const BlockParameters<const Number>& p, const DropoutScales::Block& scales,
                   const ModelConfig& config, Index B, Index T, const Nudge<Number>& nudge = {}) {
  const Index N = B * T, C = config.n_embd, H = config.n_inner();
  const Index NH = config.n_head, NKV = config.kv_heads(), HS = config.head_size();
  const Index W = config.qkv_width();

  norm_forward(a.ln_1.data(), a.ln_1_mean.data(), a.ln_1_rstd.data(), x, p.ln_1_weight, p.ln_1_bias,
               config, N);
  nudge(a.ln_1);
  linear_forward(a.qkv.data(), a.ln_1.data(), p.c_attn_weight, p.c_attn_bias, N, C, W);
  nudge(a.qkv);
  if (config.qk_norm) {
    qk_norm_forward(a.qk_norm.data(), a.qk_norm_rstd.data(), a.qkv.data(), p.q_norm_weight,
                    p.k_norm_weight, N, NH, NKV, HS);
    nudge(a.qk_norm);
  }
  if (config.position == Position::rotary) {
    rotary_forward(a.rotary.data(), (config.qk_norm ? a.qk_norm : a.qkv).data(), B, T, NH + NKV, HS,
                   W);
    nudge(a.rotary);
  }
  attention_forward(a.attention.data(), a.att.data(), attention_input(a, config).data(),
                    scales_or_null(scales.att), B, T, C, NH, NKV);
  nudge(a.attention);
  linear_forward(a.attn_c_proj.data(), a.attention.data(), p.attn_c_proj_weight, p.attn_c_proj_bias,
                 N, C, C);
  nudge(a.attn_c_proj);
  dropout_forward(a.attn_dropout.data(), a.attn_c_proj.data(), scales_or_null(scales.attn), N * C);
  nudge(a.attn_dropout);
  residual_forward(a.residual_mid.data(), x, a.attn_dropout.data(), N * C);
  nudge(a.residual_mid);

  norm_forward(a.ln_2.data(), a.ln_2_mean.data(), a.ln_2_rstd.data(), a.residual_mid.data(),
               p.ln_2_weight, p.ln_2_bias, config, N);
  nudge(a.ln_2);
  linear_forward(a.c_fc.data(), a.ln_2.data(), p.c_fc_weight, p.c_fc_bias, N, C, config.fc_width());
  nudge(a.c_fc);
  activation_forward(a.hidden.data(), a.c_fc.data(), config, N);
  nudge(a.hidden);
  linear_forward(a.mlp_c_proj.data(), a.hidden.data(), p.mlp_c_proj_weight, p.mlp_c_proj_bias, N, H,
                 C);
  nudge(a.mlp_c_proj);
  dropout_forward(a.mlp_dropout.data(), a.mlp_c_proj.data(), scales_or_null(scales.mlp), N * C);
  nudge(a.mlp_dropout);
  residual_forward(a.residual_out.data(), a.residual_mid.data(), a.mlp_dropout.data(), N * C);
  nudge(a.residual_out);
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
  const Index N = B * T, C = config.n_embd, H = config.n_inner();
  const Index NH = config.n_head, NKV = config.kv_heads(), HS = config.head_size();
  const Index W = config.qkv_width();
  std::vector<Number> through_sum(N * C), through_branch(N * C);

  residual_backward(through_sum.data(), da.mlp_dropout.data(), da.residual_out.data(), N * C);
  dropout_backward(da.mlp_c_proj.data(), da.mlp_dropout.data(), scales_or_null(scales.mlp), N * C);
  linear_backward(da.hidden.data(), dp.mlp_c_proj_weight, dp.mlp_c_proj_bias, da.mlp_c_proj.data(),
                  a.hidden.data(), p.mlp_c_proj_weight, N, H, C);
  activation_backward(da.c_fc.data(), da.hidden.data(), a.c_fc.data(), config, N);
  linear_backward(da.ln_2.data(), dp.c_fc_weight, dp.c_fc_bias, da.c_fc.data(), a.ln_2.data(),
                  p.c_fc_weight, N, C, config.fc_width());
  norm_backward(through_branch.data(), dp.ln_2_weight, dp.ln_2_bias, da.ln_2.data(),
                a.residual_mid.data(), p.ln_2_weight, a.ln_2_mean.data(), a.ln_2_rstd.data(),
                config, N);
  residual_forward(da.residual_mid.data(), through_sum.data(), through_branch.data(), N * C);

  residual_backward(through_sum.data(), da.attn_dropout.data(), da.residual_mid.data(), N * C);
  dropout_backward(da.attn_c_proj.data(), da.attn_dropout.data(), scales_or_null(scales.attn),
                   N * C);
  linear_backward(da.attention.data(), dp.attn_c_proj_weight, dp.attn_c_proj_bias,
                  da.attn_c_proj.data(), a.attention.data(), p.attn_c_proj_weight, N, C, C);
  attention_backward(attention_input(da, config).data(), da.att.data(), da.attention.data(),
                     attention_input(a, config).data(), a.att.data(), scales_or_null(scales.att), B,
                     T, C, NH, NKV);
  if (config.position == Position::rotary) {
    rotary_backward((config.qk_norm ? da.qk_norm : da.qkv).data(), da.rotary.data(), B, T, NH + NKV,
                    HS, W);
  }
  if (config.qk_norm) {
    qk_norm_backward(da.qkv.data(), dp.q_norm_weight, dp.k_norm_weight, da.qk_norm.data(),
                     a.qkv.data(), p.q_norm_weight, p.k_norm_weight, a.qk_norm_rstd.data(), N, NH,
                     NKV, HS);
  }
  linear_backward(da.ln_1.data(), dp.c_attn_weight, dp.c_attn_bias, da.qkv.data(), a.ln_1.data(),
                  p.c_attn_weight, N, C, W);
  norm_backward(through_branch.data(), dp.ln_1_weight, dp.ln_1_bias, da.ln_1.data(), x,
                p.ln_1_weight, a.ln_1_mean.data(), a.ln_1_rstd.data(), config, N);
  residual_forward(dx, through_sum.data(), through_branch.data(), N * C);
}

}  // namespace clearformer::reference
