#include "model/activations.h"

#include <algorithm>

#include "ops/attention.h"
#include "ops/head.h"
#include "ops/linear.h"

namespace clearformer {

const char* memory_kind_name(MemoryKind kind) {
  switch (kind) {
    case MemoryKind::parameters:
      return "parameters";
    case MemoryKind::gradients:
      return "gradients";
    case MemoryKind::optimizer:
      return "optimizer";
    case MemoryKind::activations:
      return "activations";
    case MemoryKind::scratch:
      return "scratch";
    case MemoryKind::text:
      return "text";
  }
  return "";
}

const char* lifetime_name(Lifetime lifetime) {
  switch (lifetime) {
    case Lifetime::run:
      return "run";
    case Lifetime::step:
      return "step";
    case Lifetime::pass:
      return "pass";
    case Lifetime::op:
      return "op";
  }
  return "";
}

std::int64_t head_rows(const ModelConfig& config, const StepShape& shape) {
  constexpr std::int64_t kLogits = 1 << 20;  // 4 MB
  const std::int64_t rows = std::max<std::int64_t>(64, kLogits / config.vocab_size);
  return std::min(rows, shape.rows());
}

std::int64_t op_scratch_size(const ModelConfig& config, const StepShape& shape) {
  const std::int64_t rows = shape.rows(), C = config.n_embd, V = config.vocab_size;
  const std::int64_t inner = config.n_inner();
  const AttentionShape attention{shape.B, shape.T, C, config.n_head, config.kv_heads()};
  return std::max({linear_scratch(rows, C, config.qkv_width()), linear_scratch(rows, C, C),
                   linear_scratch(rows, C, config.fc_width()), linear_scratch(rows, inner, C),
                   head_scratch(head_rows(config, shape), C, V),
                   attention_scratch(attention, shape.n_threads)});
}

std::vector<Buffer> activation_list(const ModelConfig& config, const StepShape& shape) {
  std::vector<Buffer> list;
  Activations a{};
  for_each_activation(config, shape, a,
                      [&](const Buffer& buffer, auto*&) { list.push_back(buffer); });
  return list;
}

}  // namespace clearformer
