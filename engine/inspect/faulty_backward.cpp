#include "inspect/faulty_backward.h"

#include <algorithm>
#include <vector>

#include "ops/activation.h"
#include "ops/attention.h"
#include "ops/cross_entropy.h"
#include "ops/embedding.h"
#include "ops/head.h"
#include "ops/linear.h"
#include "ops/norm.h"
#include "ops/qk_norm.h"
#include "ops/rotary.h"

namespace clearformer {
namespace {

struct Backward {
  const Context& context;
  const TransformerPass& pass;
  Fault fault;

  const ModelConfig& config = pass.config;
  const Activations& a = pass.activations;
  const std::int64_t rows = pass.B * pass.T, C = config.n_embd;
  const NormShape norm_shape{rows, C};
  const AttentionShape shape{pass.B, pass.T, C, config.n_head, config.kv_heads()};

  // What reaches a norm's input past it.
  const float* past_the_branch() const { return fault == Fault::residual ? nullptr : a.dresidual; }

  void mlp(int layer, const BlockParameters<float>& d) const {
    const BlockParameters<float>& p = pass.parameters.h[layer];
    const BlockActivations& block = a.h[layer];
    const std::int64_t inner = config.n_inner();
    linear_backward_input(context, a.wide, a.dresidual, p.mlp_c_proj_weight, rows, inner, C);
    activation_backward(context, config.activation, a.wide, a.dwide, a.wide, block.fc, rows, inner);
    linear_backward_weight(context, d.mlp_c_proj_weight, d.mlp_c_proj_bias, a.dresidual, a.wide,
                           rows, inner, C);
    norm_recompute(context, a.normalised, block.residual_mid, p.ln_2_weight, p.ln_2_bias,
                   block.ln_2_mean, block.ln_2_rstd, norm_shape);
    linear_backward(context, a.branch, d.c_fc_weight, d.c_fc_bias, a.dwide, a.normalised,
                    p.c_fc_weight, rows, C, config.fc_width());
    norm_backward(context, a.dresidual, d.ln_2_weight, d.ln_2_bias, a.branch, past_the_branch(),
                  block.residual_mid, p.ln_2_weight, block.ln_2_mean, block.ln_2_rstd, norm_shape);
  }

  // What attention read: without qk_norm qkv was turned in place by forward.
  const float* heads(int layer) const {
    float* const qkv = a.h[layer].qkv;
    if (!config.qk_norm) return qkv;
    const BlockParameters<float>& p = pass.parameters.h[layer];
    qk_norm_forward(context, a.heads, a.heads_rstd, qkv, p.q_norm_weight, p.k_norm_weight, shape);
    if (a.rotary != nullptr) rotary_forward(context, a.heads, a.rotary, shape);
    return a.heads;
  }

  Dropout nothing_dropped(int layer) const {
    return block_dropout(config, pass.dropout, layer, DropoutSite::attention);
  }

  void attention(int layer, const BlockParameters<float>& d) const {
    const BlockParameters<float>& p = pass.parameters.h[layer];
    const BlockActivations& block = a.h[layer];
    linear_backward(context, a.wide, d.attn_c_proj_weight, d.attn_c_proj_bias, a.dresidual,
                    block.attention, p.attn_c_proj_weight, rows, C, C);
    // The dropped term is dout . out (attention.md): with an output of zeros it is not there.
    const std::vector<float> zeros(fault == Fault::softmax_term ? rows * C : 0);
    const float* const out = fault == Fault::softmax_term ? zeros.data() : block.attention;
    attention_backward(context, a.dwide, a.wide, heads(layer), out, block.softmax_rows,
                       nothing_dropped(layer), shape);
    if (a.rotary != nullptr) rotary_backward(context, a.dwide, a.rotary, shape);
    if (config.qk_norm)
      qk_norm_backward(context, a.dwide, d.q_norm_weight, d.k_norm_weight, block.qkv,
                       p.q_norm_weight, p.k_norm_weight, a.heads_rstd, shape);
    norm_recompute(context, a.normalised, block.residual, p.ln_1_weight, p.ln_1_bias,
                   block.ln_1_mean, block.ln_1_rstd, norm_shape);
    linear_backward(context, a.branch, d.c_attn_weight, d.c_attn_bias, a.dwide, a.normalised,
                    p.c_attn_weight, rows, C, config.qkv_width());
    norm_backward(context, a.dresidual, d.ln_1_weight, d.ln_1_bias, a.branch, past_the_branch(),
                  block.residual, p.ln_1_weight, block.ln_1_mean, block.ln_1_rstd, norm_shape);
  }
};

}  // namespace

void faulty_backward(const Context& context, const TransformerPass& pass,
                     const Parameters<float>& d, const Token* tokens, const Token* targets,
                     float loss_scale, Fault fault) {
  CHECK(!pass.dropout.training);
  const Backward backward{context, pass, fault};
  const Activations& a = pass.activations;
  const std::int64_t rows = backward.rows, C = backward.C, V = pass.config.vocab_size;
  const std::int64_t step = head_rows(pass.config, {pass.B, pass.T, 1});
  const float dloss = loss_scale / static_cast<float>(rows);
  for (std::int64_t first = 0; first < rows; first += step) {
    const std::int64_t n = std::min(step, rows - first);
    const float* const x = a.normalised + first * C;
    head_forward(context, a.logits, x, pass.parameters.lm_head, n, C, V);
    cross_entropy_backward(context, a.logits, a.logits, targets + first,
                           {pass.config.label_smoothing, pass.config.z_loss}, dloss, n, V);
    head_backward(context, a.branch + first * C, d.lm_head, a.logits, x, pass.parameters.lm_head, n,
                  C, V);
  }
  norm_backward(context, a.dresidual, d.ln_f_weight, d.ln_f_bias, a.branch, nullptr,
                a.residual_final, pass.parameters.ln_f_weight, a.ln_f_mean, a.ln_f_rstd,
                backward.norm_shape);
  for (int layer = pass.config.n_layer - 1; layer >= 0; --layer) {
    backward.mlp(layer, d.h[layer]);
    backward.attention(layer, d.h[layer]);
  }
  embedding_backward(context, d.wte, d.wpe, a.dresidual, tokens, pass.B, pass.T, C);
}

}  // namespace clearformer
