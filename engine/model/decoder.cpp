#include "model/decoder.h"

#include <algorithm>

#include "base/check.h"
#include "ops/activation.h"
#include "ops/attention.h"
#include "ops/embedding.h"
#include "ops/head.h"
#include "ops/linear.h"
#include "ops/norm.h"
#include "ops/qk_norm.h"
#include "ops/rotary.h"

namespace clearformer {
namespace {

// Tokens of a prompt that are read at once.
constexpr std::int64_t kRows = 32;

std::int64_t scratch_size(const ModelConfig& config) {
  const std::int64_t C = config.n_embd;
  return std::max({linear_scratch(kRows, C, config.fc_width()),
                   linear_scratch(kRows, config.n_inner(), C),
                   head_scratch(1, C, config.vocab_size)});
}

// Numbers of a position's keys or values.
std::int64_t kv_width(const ModelConfig& config) {
  return config.kv_heads() * config.head_size();
}
std::int64_t cache_size(const ModelConfig& config) {
  return config.n_layer * config.block_size * kv_width(config);
}
// Columns of what is wide: qkv, or the hidden layer, with room for what comes of gates.
std::int64_t wide_columns(const ModelConfig& config) {
  const int gated = is_gated(config.activation) ? config.n_inner() : 0;
  return std::max(config.qkv_width(), config.fc_width() + gated);
}
// Statistics of a row: mean and rstd, or those of its heads.
std::int64_t statistics_columns(const ModelConfig& config) {
  return config.qk_norm ? std::max(2, config.n_head + config.kv_heads()) : 2;
}
std::int64_t rotary_size(const ModelConfig& config) {
  return config.position == Position::rotary ? config.block_size * config.head_size() : 0;
}

}  // namespace

std::int64_t Decoder::bytes(const ModelConfig& config) {
  const std::int64_t C = config.n_embd, block = config.block_size;
  const std::int64_t floats =
      2 * cache_size(config) + kRows * (3 * C + wide_columns(config) + statistics_columns(config)) +
      rotary_size(config) + block + config.vocab_size + scratch_size(config);
  return floats * static_cast<std::int64_t>(sizeof(float)) +
         block * static_cast<std::int64_t>(sizeof(Token));
}

Decoder::Decoder(const ModelConfig& config, const Parameters<float>& parameters, ThreadPool& pool,
                 Arithmetic arithmetic)
    : config_(config),
      parameters_(parameters),
      keys_(cache_size(config)),
      values_(keys_.size()),
      residual_(kRows * config.n_embd),
      normalised_(residual_.size()),
      attention_(residual_.size()),
      wide_(kRows * wide_columns(config)),
      statistics_(kRows * statistics_columns(config)),
      rotary_(rotary_size(config)),
      scores_(config.block_size),
      logits_(config.vocab_size),
      scratch_(scratch_size(config)),
      ops_{pool, arithmetic, scratch_} {
  context_.reserve(config.block_size);
  if (!rotary_.empty()) rotary_table(rotary_.data(), config.block_size, config.head_size());
}

void Decoder::reset() {
  context_.clear();
}

std::span<const float> Decoder::read(std::span<const Token> tokens) {
  CHECK(!tokens.empty());
  const std::size_t block = config_.block_size;
  while (!tokens.empty()) {
    if (context_.size() == block) {
      const std::vector<Token> recent(context_.end() - block / 2, context_.end());
      context_.clear();
      if (!recent.empty()) read_rows(recent);
    }
    const std::size_t n = std::min(tokens.size(), block - context_.size());
    read_rows(tokens.first(n));
    tokens = tokens.subspan(n);
  }
  return logits_;
}

void Decoder::read_rows(std::span<const Token> tokens) {
  const Context& ops = ops_;
  const std::int64_t C = config_.n_embd;
  float* const mean = config_.norm == Norm::layernorm ? statistics_.data() : nullptr;
  float* const rstd = statistics_.data() + kRows;
  std::int64_t rows = 0;
  while (!tokens.empty()) {
    rows = std::min<std::int64_t>(kRows, tokens.size());
    const std::int64_t position = context_.size();
    const AttentionShape shape{1, rows, C, config_.n_head, config_.kv_heads()};
    const std::int64_t qkv = config_.qkv_width(), inner = config_.n_inner();
    float* const wide = wide_.data();
    embedding_forward(ops, residual_.data(), tokens.data(), parameters_.wte,
                      parameters_.wpe != nullptr ? parameters_.wpe + position * C : nullptr, 1,
                      rows, C);
    for (int l = 0; l < config_.n_layer; ++l) {
      const BlockParameters<float>& p = parameters_.h[l];
      float* const keys = keys_.data() + l * config_.block_size * shape.kv_width();
      float* const values = values_.data() + (keys - keys_.data());
      norm_forward(ops, normalised_.data(), mean, rstd, residual_.data(), p.ln_1_weight,
                   p.ln_1_bias, {rows, C});
      linear_forward(ops, wide, normalised_.data(), p.c_attn_weight, p.c_attn_bias, nullptr, rows,
                     C, qkv);
      if (config_.qk_norm)
        qk_norm_forward(ops, wide, statistics_.data(), wide, p.q_norm_weight, p.k_norm_weight,
                        shape);
      if (!rotary_.empty())
        rotary_forward(ops, wide, rotary_.data() + position * config_.head_size(), shape);
      for (std::int64_t row = 0; row < rows; ++row)
        attention_decode(attention_.data() + row * C, keys, values, scores_.data(),
                         wide + row * qkv, position + row, shape);
      linear_forward(ops, normalised_.data(), attention_.data(), p.attn_c_proj_weight,
                     p.attn_c_proj_bias, residual_.data(), rows, C, C);
      residual_.swap(normalised_);
      norm_forward(ops, normalised_.data(), mean, rstd, residual_.data(), p.ln_2_weight,
                   p.ln_2_bias, {rows, C});
      linear_forward(ops, wide, normalised_.data(), p.c_fc_weight, p.c_fc_bias, nullptr, rows, C,
                     config_.fc_width());
      // In place, unless a row's gates would be overwritten.
      float* const hidden = is_gated(config_.activation) ? wide + kRows * config_.fc_width() : wide;
      activation_forward(ops, config_.activation, hidden, wide, rows, inner);
      linear_forward(ops, normalised_.data(), hidden, p.mlp_c_proj_weight, p.mlp_c_proj_bias,
                     residual_.data(), rows, inner, C);
      residual_.swap(normalised_);
    }
    context_.insert(context_.end(), tokens.begin(), tokens.begin() + rows);
    tokens = tokens.subspan(rows);
  }
  norm_forward(ops, normalised_.data(), mean, rstd, residual_.data() + (rows - 1) * C,
               parameters_.ln_f_weight, parameters_.ln_f_bias, {1, C});
  head_forward(ops, logits_.data(), normalised_.data(), parameters_.lm_head, 1, C,
               config_.vocab_size);
}

}  // namespace clearformer
