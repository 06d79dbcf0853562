#include "train/lora.h"

#include <algorithm>

namespace clearformer {

std::vector<ParameterInfo> trained_list(const Recipe& recipe, const ModelConfig& config) {
  return recipe.lora_rank > 0 ? adapter_list(config, recipe.lora_rank) : parameter_list(config);
}

Lora::Lora(const Recipe& recipe, const ModelConfig& config, const RunMemory& memory)
    : rank_(recipe.lora_rank), memory_(memory) {
  if (!active()) return;
  const auto scale = static_cast<float>(recipe.lora_alpha / recipe.lora_rank);
  for_each_adapted(parameter_list(config), rank_,
                   [&](const ParameterInfo& info, const AdapterOffsets& at) {
                     matrices_.push_back({{info.rows, info.cols, rank_, scale}, at});
                   });
  scratch_size_ = lora_scratch_size(config, rank_);
}

Context Lora::context(const Context& step) const {
  const std::span<float> scratch(memory_.lora_scratch, static_cast<std::size_t>(scratch_size_));
  return {step.pool, step.arithmetic, scratch, step.profile};
}

void Lora::take_base() const {
  for (const auto& [shape, at] : matrices_)
    std::copy_n(memory_.parameters + at.weight, shape.C_in * shape.C_out,
                memory_.lora_base + at.base);
}

void Lora::merge(const Context& step) const {
  const RunMemory& m = memory_;
  for (const auto& [shape, at] : matrices_)
    lora_merge(context(step), m.parameters + at.weight, m.lora_base + at.base, m.adapters + at.a,
               m.adapters + at.b, shape);
}

void Lora::backward(const Context& step) const {
  const RunMemory& m = memory_;
  for (const auto& [shape, at] : matrices_)
    lora_backward(context(step), m.adapter_gradients + at.a, m.adapter_gradients + at.b,
                  m.gradients + at.weight, m.adapters + at.a, m.adapters + at.b, shape);
}

std::int64_t lora_scratch_size(const ModelConfig& config, std::int64_t rank) {
  std::int64_t most = 0;
  for (const ParameterInfo& info : adapted_list(config))
    most = std::max(most, lora_scratch(info.rows, info.cols, rank));
  return most;
}

Status check_from_scratch(const Recipe& recipe) {
  if (recipe.lora_rank == 0) return {};
  return Error{"setting", "lora_rank",
               "lora_rank is " + std::to_string(recipe.lora_rank) +
                   ", but there is no model to adapt: this run would begin with random weights. "
                   "Set lora_rank to 0, or import a model."};
}

}  // namespace clearformer
