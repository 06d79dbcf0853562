#include "model/decoder.h"

#include <algorithm>

#include "base/check.h"
#include "ops/attention.h"
#include "ops/embedding.h"
#include "ops/gelu.h"
#include "ops/head.h"
#include "ops/layernorm.h"
#include "ops/linear.h"

namespace clearformer {
namespace {

// Tokens of a prompt that are read at once.
constexpr std::int64_t kRows = 32;

std::int64_t scratch_size(const ModelConfig& config) {
  const std::int64_t C = config.n_embd;
  return std::max({linear_scratch(kRows, C, 4 * C), linear_scratch(kRows, 4 * C, C),
                   head_scratch(1, C, config.vocab_size)});
}

}  // namespace

std::int64_t Decoder::bytes(const ModelConfig& config) {
  const std::int64_t C = config.n_embd, block = config.block_size;
  const std::int64_t floats = 2 * config.n_layer * block * C + kRows * (7 * C + 2) + block +
                              config.vocab_size + scratch_size(config);
  return floats * static_cast<std::int64_t>(sizeof(float)) +
         block * static_cast<std::int64_t>(sizeof(Token));
}

Decoder::Decoder(const ModelConfig& config, const Parameters<float>& parameters, ThreadPool& pool,
                 Arithmetic arithmetic)
    : config_(config),
      parameters_(parameters),
      keys_(static_cast<std::size_t>(config.n_layer) * config.block_size * config.n_embd),
      values_(keys_.size()),
      residual_(kRows * config.n_embd),
      normalised_(residual_.size()),
      attention_(residual_.size()),
      wide_(4 * residual_.size()),
      statistics_(2 * kRows),
      scores_(config.block_size),
      logits_(config.vocab_size),
      scratch_(scratch_size(config)),
      ops_{pool, arithmetic, scratch_} {
  context_.reserve(config.block_size);
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
  float* const mean = statistics_.data();
  float* const rstd = mean + kRows;
  std::int64_t rows = 0;
  while (!tokens.empty()) {
    rows = std::min<std::int64_t>(kRows, tokens.size());
    const std::int64_t position = context_.size();
    embedding_forward(ops, residual_.data(), tokens.data(), parameters_.wte,
                      parameters_.wpe + position * C, 1, rows, C);
    for (int l = 0; l < config_.n_layer; ++l) {
      const BlockParameters<float>& p = parameters_.h[l];
      float* const keys = keys_.data() + static_cast<std::int64_t>(l) * config_.block_size * C;
      float* const values = values_.data() + (keys - keys_.data());
      layernorm_forward(ops, normalised_.data(), mean, rstd, residual_.data(), p.ln_1_weight,
                        p.ln_1_bias, rows, C);
      linear_forward(ops, wide_.data(), normalised_.data(), p.c_attn_weight, p.c_attn_bias, nullptr,
                     rows, C, 3 * C);
      for (std::int64_t row = 0; row < rows; ++row)
        attention_decode(attention_.data() + row * C, keys, values, scores_.data(),
                         wide_.data() + row * 3 * C, position + row, C, config_.n_head);
      linear_forward(ops, normalised_.data(), attention_.data(), p.attn_c_proj_weight,
                     p.attn_c_proj_bias, residual_.data(), rows, C, C);
      residual_.swap(normalised_);
      layernorm_forward(ops, normalised_.data(), mean, rstd, residual_.data(), p.ln_2_weight,
                        p.ln_2_bias, rows, C);
      linear_forward(ops, wide_.data(), normalised_.data(), p.c_fc_weight, p.c_fc_bias, nullptr,
                     rows, C, 4 * C);
      gelu_forward(ops, wide_.data(), wide_.data(), rows * 4 * C);
      linear_forward(ops, normalised_.data(), wide_.data(), p.mlp_c_proj_weight, p.mlp_c_proj_bias,
                     residual_.data(), rows, 4 * C, C);
      residual_.swap(normalised_);
    }
    context_.insert(context_.end(), tokens.begin(), tokens.begin() + rows);
    tokens = tokens.subspan(rows);
  }
  layernorm_forward(ops, normalised_.data(), mean, rstd, residual_.data() + (rows - 1) * C,
                    parameters_.ln_f_weight, parameters_.ln_f_bias, 1, C);
  head_forward(ops, logits_.data(), normalised_.data(), parameters_.wte, 1, C, config_.vocab_size);
}

}  // namespace clearformer
