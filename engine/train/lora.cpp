#include "train/lora.h"

#include <algorithm>

#include "ops/lora.h"

namespace clearformer {

std::vector<ParameterInfo> trained_list(const Recipe& recipe, const ModelConfig& config) {
  return recipe.lora_rank > 0 ? adapter_list(config, recipe.lora_rank) : parameter_list(config);
}

Lora::Lora(const Recipe& recipe, const ModelConfig& config, const RunMemory& memory)
    : rank_(recipe.lora_rank),
      scale_(static_cast<float>(recipe.lora_alpha / std::max(recipe.lora_rank, 1))),
      memory_(memory) {
  if (!active()) return;
  parameters_ = parameter_list(config);
  scratch_size_ = lora_scratch_size(config, rank_);
}

// op(context, shape, offsets), the context with LoRA's own scratch.
template <class Op>
void Lora::for_each(const Context& given, Op&& op) const {
  const std::span<float> scratch(memory_.lora_scratch, static_cast<std::size_t>(scratch_size_));
  const Context context{given.pool, given.arithmetic, scratch, given.profile};
  for_each_adapted(parameters_, rank_, [&](const ParameterInfo& info, const AdapterOffsets& at) {
    op(context, LoraShape{info.rows, info.cols, rank_, scale_}, at);
  });
}

void Lora::take_base() const {
  for_each_adapted(parameters_, rank_, [&](const ParameterInfo& info, const AdapterOffsets& at) {
    std::copy_n(memory_.parameters + at.weight, info.size(), memory_.lora_base + at.base);
  });
}

void Lora::merge(const Context& context) const {
  const RunMemory& m = memory_;
  for_each(context, [&](const Context& ops, const LoraShape& shape, const AdapterOffsets& at) {
    lora_merge(ops, m.parameters + at.weight, m.lora_base + at.base, m.adapters + at.a,
               m.adapters + at.b, shape);
  });
}

void Lora::backward(const Context& context) const {
  const RunMemory& m = memory_;
  for_each(context, [&](const Context& ops, const LoraShape& shape, const AdapterOffsets& at) {
    lora_backward(ops, m.adapter_gradients + at.a, m.adapter_gradients + at.b,
                  m.gradients + at.weight, m.adapters + at.a, m.adapters + at.b, shape);
  });
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
