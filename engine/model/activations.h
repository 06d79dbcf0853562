#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/config.h"
#include "ops/softmax.h"

namespace clearformer {

// What a piece of the model's memory is for.
enum class MemoryKind { parameters, gradients, optimizer, activations, scratch, text };
inline constexpr MemoryKind kMemoryKinds[] = {MemoryKind::parameters, MemoryKind::gradients,
                                              MemoryKind::optimizer,  MemoryKind::activations,
                                              MemoryKind::scratch,    MemoryKind::text};
const char* memory_kind_name(MemoryKind kind);

// How long a buffer's content is needed.
enum class Lifetime {
  run,   // from step to step
  step,  // over the passes of one step
  pass,  // from forward to backward
  op,    // from one op to the next
};
const char* lifetime_name(Lifetime lifetime);

// A planned buffer.
struct Buffer {
  std::string name;
  MemoryKind kind;
  std::int64_t bytes;
  std::string why;  // why it is kept, or what it is reused for
  Lifetime lifetime = Lifetime::run;
};

// What one block keeps from forward for backward.
struct BlockActivations {
  float* residual;           // (B, T, C): what comes into the block
  float* ln_1_mean;          // (B, T); null in RMSNorm, as all means
  float* ln_1_rstd;          // (B, T)
  float* qkv;                // (B, T, qkv_width): what attention reads, but for qk_norm
  SoftmaxRow* softmax_rows;  // (B, n_head, T)
  float* attention;          // (B, T, C): the heads' outputs, before c_proj
  float* residual_mid;       // (B, T, C): after attention
  float* ln_2_mean;          // (B, T)
  float* ln_2_rstd;          // (B, T)
  float* fc;                 // (B, T, fc_width): before the activation
};

// All that a step works with besides parameters and gradients.
struct Activations {
  std::vector<BlockActivations> h;  // (n_layer)
  float* residual_final;            // (B, T, C)
  float* ln_f_mean;                 // (B, T)
  float* ln_f_rstd;                 // (B, T)
  float* losses;                    // (B, T)
  float* rotary;                    // (T, HS): see ops/rotary.h; null where nothing is turned

  float* heads;       // (B, T, qkv_width): qkv with normalised heads; null without qk_norm
  float* heads_rstd;  // (B, T, n_head + kv_heads): its statistics, queries first
  float* normalised;  // (B, T, C): a norm's output, for the next op only
  float* wide;        // (B, T, n_inner): the activation's output, or its gradient
  float* dwide;       // (B, T, fc_width): a gradient in backward: of fc, or of qkv
  float* dresidual;   // (B, T, C): the gradient of the residual stream
  float* branch;      // (B, T, C): what a branch adds to the residual stream, or its gradient
  float* logits;      // (head_rows, V): so many rows of the head at once
  float* op_scratch;  // packed blocks and attention scores
};

// The sizes that a step is planned for.
struct StepShape {
  std::int64_t B, T;
  int n_threads;

  std::int64_t rows() const { return B * T; }
};

// Rows of logits that are made at a time, so that a large vocabulary never lies there whole.
std::int64_t head_rows(const ModelConfig& config, const StepShape& shape);

// Floats of scratch that the largest op of a step needs.
std::int64_t op_scratch_size(const ModelConfig& config, const StepShape& shape);

// The one walk over all activations: visit(buffer, pointer) with a reference to each pointer that
// the model needs; the others are null. The plan, the slices and the memory report are derived from
// it.
template <class Visit>
void for_each_activation(const ModelConfig& config, const StepShape& shape, Activations& a,
                         Visit&& visit) {
  const std::int64_t rows = shape.rows(), C = config.n_embd;
  const std::int64_t qkv = config.qkv_width(), inner = config.n_inner(), fc = config.fc_width();
  const auto declare = [&](MemoryKind kind, const std::string& name, auto*& at, std::int64_t count,
                           const char* why) {
    const bool keeps = kind == MemoryKind::activations;
    visit(Buffer{name, kind, count * static_cast<std::int64_t>(sizeof(*at)), why,
                 keeps ? Lifetime::pass : Lifetime::op},
          at);
  };
  const auto kept = [&](const std::string& name, auto*& at, std::int64_t count, const char* why) {
    declare(MemoryKind::activations, name, at, count, why);
  };
  const auto scratch = [&](const char* name, auto*& at, std::int64_t count, const char* why) {
    declare(MemoryKind::scratch, name, at, count, why);
  };
  const auto statistics = [&](const std::string& name, float*& mean, float*& rstd) {
    constexpr const char* kWhy = "to normalise again in backward, instead of keeping the output";
    mean = nullptr;
    if (config.norm == Norm::layernorm) kept(name + ".mean", mean, rows, kWhy);
    kept(name + ".rstd", rstd, rows, kWhy);
  };

  a.h.resize(config.n_layer);
  for (int l = 0; l < config.n_layer; ++l) {
    const std::string prefix = "h." + std::to_string(l) + ".";
    BlockActivations& block = a.h[l];
    kept(prefix + "residual", block.residual, rows * C, "input of ln_1");
    statistics(prefix + "ln_1", block.ln_1_mean, block.ln_1_rstd);
    kept(prefix + "attn.qkv", block.qkv, rows * qkv, "input of attention");
    kept(prefix + "attn.softmax_rows", block.softmax_rows, rows * config.n_head,
         "to make the attention weights again, instead of keeping T x T of them");
    kept(prefix + "attn.out", block.attention, rows * C, "input of c_proj");
    kept(prefix + "residual_mid", block.residual_mid, rows * C, "input of ln_2");
    statistics(prefix + "ln_2", block.ln_2_mean, block.ln_2_rstd);
    kept(prefix + "mlp.fc", block.fc, rows * fc, "input of the activation, which is made again");
  }
  kept("residual_final", a.residual_final, rows * C, "input of ln_f");
  statistics("ln_f", a.ln_f_mean, a.ln_f_rstd);
  kept("losses", a.losses, rows, "the loss of each position");
  a.rotary = nullptr;
  if (config.position == Position::rotary)
    kept("rotary", a.rotary, shape.T * config.head_size(), "cosines and sines of positions");

  a.heads = a.heads_rstd = nullptr;
  if (config.qk_norm) {
    scratch("heads", a.heads, rows * qkv, "attention's input, made again in backward");
    scratch("heads.rstd", a.heads_rstd, rows * (config.n_head + config.kv_heads()),
            "statistics of queries and keys");
  }
  scratch("normalised", a.normalised, rows * C, "a norm's output, for the next op only");
  scratch("wide", a.wide, rows * inner, "the activation's output, for the next op only");
  scratch("dwide", a.dwide, rows * fc, "gradient of fc, then of qkv");
  scratch("dresidual", a.dresidual, rows * C, "gradient of the residual stream");
  scratch("branch", a.branch, rows * C, "gradient inside a branch; with dropout its output too");
  scratch("logits", a.logits, head_rows(config, shape) * config.vocab_size,
          "some rows of the head at a time, made again in backward");
  scratch("op_scratch", a.op_scratch, op_scratch_size(config, shape),
          "packed blocks of matrices; attention scores of one query block a thread");
}

// The activations as a list, before anything is allocated.
std::vector<Buffer> activation_list(const ModelConfig& config, const StepShape& shape);

}  // namespace clearformer
