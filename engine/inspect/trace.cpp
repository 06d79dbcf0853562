#include "inspect/trace.h"

#include <algorithm>
#include <cmath>

#include "inspect/activation_memory.h"
#include "kernels/gemm.h"
#include "ops/activation.h"
#include "ops/attention.h"
#include "ops/head.h"
#include "ops/norm.h"
#include "ops/qk_norm.h"
#include "ops/rotary.h"

namespace clearformer {

Result<std::unique_ptr<Trace>> Trace::create(const ModelConfig& config, std::int64_t most,
                                             ThreadPool& pool) {
  CHECK(most >= 1 && most <= config.block_size);
  auto trace = std::unique_ptr<Trace>(new Trace(config, pool));
  const StepShape shape{1, most, pool.n_threads()};
  if (!allocate_activations(trace->arena_, trace->activations_, config, shape))
    return Error{"memory", "", "There is not enough memory to look inside this model."};
  trace->ops_.scratch = {trace->activations_.op_scratch,
                         static_cast<std::size_t>(op_scratch_size(config, shape))};
  return trace;
}

void Trace::run(const Parameters<float>& parameters, std::span<const Token> tokens,
                std::span<const Token> targets) {
  CHECK(targets.size() == tokens.size());
  parameters_ = &parameters;
  T_ = static_cast<std::int64_t>(tokens.size());
  const TransformerPass pass{config_, parameters, activations_, 1, T_, {}};
  transformer_forward(ops_, pass, tokens.data(), targets.data());
}

std::span<const float> Trace::losses() const {
  return {activations_.losses, static_cast<std::size_t>(T_)};
}

// What attention read. Without qk_norm qkv was turned in place; with it both are done anew.
const float* Trace::prepared_heads(int layer) {
  const Activations& a = activations_;
  if (!config_.qk_norm) return a.h[layer].qkv;
  const BlockParameters<float>& p = parameters_->h[layer];
  qk_norm_forward(ops_, a.heads, a.heads_rstd, a.h[layer].qkv, p.q_norm_weight, p.k_norm_weight,
                  attention_shape());
  if (a.rotary != nullptr) rotary_forward(ops_, a.heads, a.rotary, attention_shape());
  return a.heads;
}

std::vector<float> Trace::attention(int layer, int head) {
  const AttentionShape shape = attention_shape();
  const std::int64_t HS = shape.head_size(), width = shape.qkv_width();
  const float scale = 1.0f / std::sqrt(static_cast<float>(HS));
  const float* const heads = prepared_heads(layer);
  const float* const queries = heads + head * HS;
  const float* const keys = heads + shape.C + head / shape.group() * HS;
  std::vector<float> weights(T_ * T_), pack(gemm_scratch(T_, T_, HS));
  gemm_serial(ops_.arithmetic, pack.data(), {.data = weights.data(), .stride = T_},
              matrix(queries, width), transposed(keys, width), T_, T_, HS);
  const SoftmaxRow* const rows = activations_.h[layer].softmax_rows + head * T_;
  for (std::int64_t t = 0; t < T_; ++t) {
    float* const row = weights.data() + t * T_;
    softmax_row_again(row, scale, rows[t], t + 1);
    std::fill(row + t + 1, row + T_, 0.0f);
  }
  return weights;
}

std::span<const float> Trace::hidden(int layer) {
  const std::int64_t units = config_.n_inner();
  activation_forward(ops_, config_.activation, activations_.wide, activations_.h[layer].fc, T_,
                     units);
  return {activations_.wide, static_cast<std::size_t>(T_ * units)};
}

const float* Trace::head_logits(int stage, std::int64_t first, std::int64_t n) {
  const Activations& a = activations_;
  const std::int64_t C = config_.n_embd;
  const float* const residual =
      (stage < config_.n_layer ? a.h[stage].residual : a.residual_final) + first * C;
  norm_forward(ops_, a.normalised, a.ln_f_mean, a.ln_f_rstd, residual, parameters_->ln_f_weight,
               parameters_->ln_f_bias, {n, C});
  head_forward(ops_, a.logits, a.normalised, parameters_->lm_head, n, C, config_.vocab_size);
  return a.logits;
}

}  // namespace clearformer
