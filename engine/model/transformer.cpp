#include "model/transformer.h"

#include <algorithm>

#include "ops/activation.h"
#include "ops/attention.h"
#include "ops/cross_entropy.h"
#include "ops/dropout.h"
#include "ops/embedding.h"
#include "ops/head.h"
#include "ops/linear.h"
#include "ops/norm.h"
#include "ops/qk_norm.h"
#include "ops/rotary.h"

namespace clearformer {
namespace {

AttentionShape attention_shape(const TransformerPass& pass) {
  return {pass.B, pass.T, pass.config.n_embd, pass.config.n_head, pass.config.kv_heads()};
}
NormShape norm_shape(const TransformerPass& pass) {
  return {pass.B * pass.T, pass.config.n_embd};
}

// Calls fn(first, rows) for each group of rows that the head handles at once.
template <class Fn>
void for_each_head_block(const TransformerPass& pass, Fn&& fn) {
  const std::int64_t rows = pass.B * pass.T;
  const std::int64_t step = head_rows(pass.config, {pass.B, pass.T, 1});
  for (std::int64_t first = 0; first < rows; first += step) fn(first, std::min(step, rows - first));
}

// out = residual + dropout(x W + b): the end of a branch.
void project_onto_residual(const Context& context, const TransformerPass& pass, float* out,
                           const float* x, const float* weight, const float* bias,
                           const float* residual, std::int64_t C_in, const Dropout& dropout) {
  const std::int64_t rows = pass.B * pass.T, C = pass.config.n_embd;
  if (!dropout.active()) {
    linear_forward(context, out, x, weight, bias, residual, rows, C_in, C);
    return;
  }
  float* branch = pass.activations.branch;
  linear_forward(context, branch, x, weight, bias, nullptr, rows, C_in, C);
  dropout_forward(context, out, branch, residual, dropout, rows * C);
}

// What attention reads: qkv, whose queries and keys are turned in place; with qk_norm they are
// normalised first, beside qkv, which backward needs as it is.
const float* prepare_heads(const Context& context, const TransformerPass& pass, int layer) {
  const BlockParameters<float>& p = pass.parameters.h[layer];
  const Activations& a = pass.activations;
  const AttentionShape shape = attention_shape(pass);
  float* heads = a.h[layer].qkv;
  if (pass.config.qk_norm) {
    qk_norm_forward(context, a.heads, a.heads_rstd, heads, p.q_norm_weight, p.k_norm_weight, shape);
    heads = a.heads;
  }
  if (a.rotary != nullptr) rotary_forward(context, heads, a.rotary, shape);
  return heads;
}

void block_forward(const Context& context, const TransformerPass& pass, int layer, float* out) {
  const ModelConfig& config = pass.config;
  const std::int64_t rows = pass.B * pass.T, C = config.n_embd;
  const BlockParameters<float>& p = pass.parameters.h[layer];
  const BlockActivations& a = pass.activations.h[layer];
  float* const normalised = pass.activations.normalised;
  float* const wide = pass.activations.wide;

  norm_forward(context, normalised, a.ln_1_mean, a.ln_1_rstd, a.residual, p.ln_1_weight,
               p.ln_1_bias, norm_shape(pass));
  linear_forward(context, a.qkv, normalised, p.c_attn_weight, p.c_attn_bias, nullptr, rows, C,
                 config.qkv_width());
  attention_forward(context, a.attention, a.softmax_rows, prepare_heads(context, pass, layer),
                    block_dropout(config, pass.dropout, layer, DropoutSite::attention),
                    attention_shape(pass));
  project_onto_residual(
      context, pass, a.residual_mid, a.attention, p.attn_c_proj_weight, p.attn_c_proj_bias,
      a.residual, C, block_dropout(config, pass.dropout, layer, DropoutSite::attention_projection));

  norm_forward(context, normalised, a.ln_2_mean, a.ln_2_rstd, a.residual_mid, p.ln_2_weight,
               p.ln_2_bias, norm_shape(pass));
  linear_forward(context, a.fc, normalised, p.c_fc_weight, p.c_fc_bias, nullptr, rows, C,
                 config.fc_width());
  activation_forward(context, config.activation, wide, a.fc, rows, config.n_inner());
  project_onto_residual(context, pass, out, wide, p.mlp_c_proj_weight, p.mlp_c_proj_bias,
                        a.residual_mid, config.n_inner(),
                        block_dropout(config, pass.dropout, layer, DropoutSite::mlp_projection));
}

// activations.dresidual: the gradient of the block's output, then of its input.
void block_backward(const Context& context, const TransformerPass& pass, int layer,
                    const BlockParameters<float>& d) {
  const ModelConfig& config = pass.config;
  const std::int64_t rows = pass.B * pass.T, C = config.n_embd;
  const BlockParameters<float>& p = pass.parameters.h[layer];
  const BlockActivations& a = pass.activations.h[layer];
  float* const normalised = pass.activations.normalised;
  float* const wide = pass.activations.wide;
  float* const dwide = pass.activations.dwide;
  float* const branch = pass.activations.branch;
  float* const dresidual = pass.activations.dresidual;

  // The gradient of what a branch added: the residual stream's own, through dropout where active.
  const auto branch_gradient = [&](DropoutSite site) -> const float* {
    const Dropout dropout = block_dropout(pass.config, pass.dropout, layer, site);
    if (!dropout.active()) return dresidual;
    dropout_backward(context, branch, dresidual, dropout, rows * C);
    return branch;
  };

  // MLP: the activation's output and the normalised input are made again.
  const std::int64_t inner = config.n_inner(), fc = config.fc_width();
  const float* dmlp = branch_gradient(DropoutSite::mlp_projection);
  linear_backward_input(context, wide, dmlp, p.mlp_c_proj_weight, rows, inner, C);
  activation_backward(context, config.activation, wide, dwide, wide, a.fc, rows, inner);
  linear_backward_weight(context, d.mlp_c_proj_weight, d.mlp_c_proj_bias, dmlp, wide, rows, inner,
                         C);
  norm_recompute(context, normalised, a.residual_mid, p.ln_2_weight, p.ln_2_bias, a.ln_2_mean,
                 a.ln_2_rstd, norm_shape(pass));
  linear_backward(context, branch, d.c_fc_weight, d.c_fc_bias, dwide, normalised, p.c_fc_weight,
                  rows, C, fc);
  norm_backward(context, dresidual, d.ln_2_weight, d.ln_2_bias, branch, dresidual, a.residual_mid,
                p.ln_2_weight, a.ln_2_mean, a.ln_2_rstd, norm_shape(pass));

  // Attention. `wide` holds the gradient of its output, `dwide` that of qkv.
  const AttentionShape shape = attention_shape(pass);
  const float* dattention = branch_gradient(DropoutSite::attention_projection);
  linear_backward(context, wide, d.attn_c_proj_weight, d.attn_c_proj_bias, dattention, a.attention,
                  p.attn_c_proj_weight, rows, C, C);
  const float* heads = config.qk_norm ? prepare_heads(context, pass, layer) : a.qkv;
  attention_backward(context, dwide, wide, heads, a.attention, a.softmax_rows,
                     block_dropout(config, pass.dropout, layer, DropoutSite::attention), shape);
  const float* const rotary = pass.activations.rotary;
  if (rotary != nullptr) rotary_backward(context, dwide, rotary, shape);
  if (config.qk_norm)
    qk_norm_backward(context, dwide, d.q_norm_weight, d.k_norm_weight, a.qkv, p.q_norm_weight,
                     p.k_norm_weight, pass.activations.heads_rstd, shape);
  norm_recompute(context, normalised, a.residual, p.ln_1_weight, p.ln_1_bias, a.ln_1_mean,
                 a.ln_1_rstd, norm_shape(pass));
  linear_backward(context, branch, d.c_attn_weight, d.c_attn_bias, dwide, normalised,
                  p.c_attn_weight, rows, C, config.qkv_width());
  norm_backward(context, dresidual, d.ln_1_weight, d.ln_1_bias, branch, dresidual, a.residual,
                p.ln_1_weight, a.ln_1_mean, a.ln_1_rstd, norm_shape(pass));
}

}  // namespace

double transformer_forward(const Context& context, const TransformerPass& pass, const Token* tokens,
                           const Token* targets) {
  const ModelConfig& config = pass.config;
  const Activations& a = pass.activations;
  const std::int64_t rows = pass.B * pass.T, C = config.n_embd, V = config.vocab_size;
  CHECK(pass.T <= config.block_size);

  const auto residual_after = [&](int layer) {
    return layer + 1 < config.n_layer ? a.h[layer + 1].residual : a.residual_final;
  };
  float* const embedded = residual_after(-1);
  embedding_forward(context, embedded, tokens, pass.parameters.wte, pass.parameters.wpe, pass.B,
                    pass.T, C);
  if (const Dropout dropout = embedding_dropout(pass.config, pass.dropout); dropout.active())
    dropout_forward(context, embedded, embedded, nullptr, dropout, rows * C);
  if (a.rotary != nullptr) rotary_table(a.rotary, pass.T, config.head_size());
  for (int l = 0; l < config.n_layer; ++l) block_forward(context, pass, l, residual_after(l));
  norm_forward(context, a.normalised, a.ln_f_mean, a.ln_f_rstd, a.residual_final,
               pass.parameters.ln_f_weight, pass.parameters.ln_f_bias, norm_shape(pass));

  for_each_head_block(pass, [&](std::int64_t first, std::int64_t n) {
    head_forward(context, a.logits, a.normalised + first * C, pass.parameters.lm_head, n, C, V);
    cross_entropy_forward(context, a.losses + first, a.logits, targets + first, n, V);
  });
  double total = 0;
  for (std::int64_t row = 0; row < rows; ++row) total += a.losses[row];
  return total / static_cast<double>(rows);
}

void transformer_backward(const Context& context, const TransformerPass& pass,
                          const Parameters<float>& d, const Token* tokens, const Token* targets,
                          float loss_scale) {
  const ModelConfig& config = pass.config;
  const Activations& a = pass.activations;
  const std::int64_t rows = pass.B * pass.T, C = config.n_embd, V = config.vocab_size;

  // `normalised` still holds ln_f's output. The logits are made again, some rows at a time.
  const float dloss = loss_scale / static_cast<float>(rows);
  for_each_head_block(pass, [&](std::int64_t first, std::int64_t n) {
    const float* x = a.normalised + first * C;
    head_forward(context, a.logits, x, pass.parameters.lm_head, n, C, V);
    cross_entropy_backward(context, a.logits, a.logits, targets + first,
                           {config.label_smoothing, config.z_loss}, dloss, n, V);
    head_backward(context, a.branch + first * C, d.lm_head, a.logits, x, pass.parameters.lm_head, n,
                  C, V);
  });
  norm_backward(context, a.dresidual, d.ln_f_weight, d.ln_f_bias, a.branch, nullptr,
                a.residual_final, pass.parameters.ln_f_weight, a.ln_f_mean, a.ln_f_rstd,
                norm_shape(pass));
  for (int l = config.n_layer - 1; l >= 0; --l) block_backward(context, pass, l, d.h[l]);
  if (const Dropout dropout = embedding_dropout(pass.config, pass.dropout); dropout.active())
    dropout_backward(context, a.dresidual, a.dresidual, dropout, rows * C);
  embedding_backward(context, d.wte, d.wpe, a.dresidual, tokens, pass.B, pass.T, C);
}

}  // namespace clearformer
