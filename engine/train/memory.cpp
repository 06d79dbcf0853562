#include "train/memory.h"

#include <algorithm>
#include <string_view>

#if !defined(__wasm__)
#include <unistd.h>
#endif

#include "model/decoder.h"
#include "model/parameters.h"
#include "reference/activations.h"
#include "text/words.h"
#include "train/lora.h"
#include "train/optimizer.h"

namespace clearformer {
namespace {

std::int64_t count_of(const std::vector<ParameterInfo>& list) {
  std::int64_t count = 0;
  for (const ParameterInfo& info : list) count += info.size();
  return count;
}

// The one walk over what lies in the arena.
template <class Visit>
void for_each_buffer(const Recipe& recipe, const ModelConfig& config, int n_threads,
                     RunMemory& memory, Visit&& visit) {
  const StepShape shape = pass_shape(recipe, n_threads);
  const std::int64_t batch = std::int64_t{recipe.batch_size} * recipe.block_size;
  const std::int64_t parameters = parameter_count(config);
  const std::int64_t trained = trained_count(recipe, config);
  const auto declare = [&](const char* name, MemoryKind kind, auto*& at, std::int64_t count,
                           Lifetime lifetime, const char* why) {
    visit(Buffer{name, kind, count * static_cast<std::int64_t>(sizeof(*at)), why, lifetime}, at);
  };
  declare("parameters", MemoryKind::parameters, memory.parameters, parameters, Lifetime::run,
          "the model");
  declare("gradients", MemoryKind::gradients, memory.gradients, parameters, Lifetime::step,
          "summed over the batches of a step");
  const std::vector<ParameterInfo> list = trained_list(recipe, config);
  std::int64_t by_adam = 0;
  for (const ParameterInfo& info : list)
    if (update_rule(recipe, info) == UpdateRule::adamw) by_adam += info.size();
  const auto remembered = [&](const char* name, float*& at, std::int64_t count, const char* why) {
    if (count > 0) declare(name, MemoryKind::optimizer, at, count, Lifetime::run, why);
  };
  OptimizerMemory& optimizer = memory.optimizer;
  remembered("adam_m", optimizer.adam_m, by_adam, "AdamW's mean of the gradient");
  remembered("adam_v", optimizer.adam_v, by_adam, "AdamW's mean of the gradient's square");
  remembered("momentum", optimizer.momentum, trained - by_adam, "a mean of the gradient");
  if (const std::int64_t scratch = optimizer_scratch(recipe, list); scratch > 0)
    declare("optimizer_scratch", MemoryKind::scratch, memory.optimizer_scratch, scratch,
            Lifetime::op, "a matrix while it is made orthogonal, and its products");
  declare("norm_partials", MemoryKind::scratch, memory.norm_partials, norm_partials(trained),
          Lifetime::op, "pieces of the gradient's norm");
  declare("inputs", MemoryKind::scratch, memory.inputs, batch, Lifetime::step, "tokens of a batch");
  declare("targets", MemoryKind::scratch, memory.targets, batch, Lifetime::step,
          "tokens that follow");
  if (recipe.lora_rank > 0) {
    declare("adapters", MemoryKind::parameters, memory.adapters, trained, Lifetime::run,
            "the two narrow matrices that LoRA trains beside each frozen one");
    declare("adapter_gradients", MemoryKind::gradients, memory.adapter_gradients, trained,
            Lifetime::step, "what the model's gradients make of them");
    declare("lora_base", MemoryKind::parameters, memory.lora_base, count_of(adapted_list(config)),
            Lifetime::run, "the frozen matrices, to which the adapters' product is added anew");
    declare("lora_scratch", MemoryKind::scratch, memory.lora_scratch,
            lora_scratch_size(config, recipe.lora_rank), Lifetime::op,
            "packed blocks of the adapters' products");
  }
  for_each_activation(config, shape, memory.activations, visit);
}

}  // namespace

StepShape pass_shape(const Recipe& recipe, int n_threads) {
  // Rows enough for matrix products at full speed, few enough for the second-level cache.
  constexpr std::int64_t kRows = 256;
  const std::int64_t passages = std::max<std::int64_t>(1, kRows / recipe.block_size);
  return {std::min<std::int64_t>(passages, recipe.batch_size), recipe.block_size, n_threads};
}

std::int64_t trained_count(const Recipe& recipe, const ModelConfig& config) {
  return count_of(trained_list(recipe, config));
}

std::int64_t MemoryPlan::bytes(MemoryKind kind) const {
  std::int64_t sum = 0;
  for (const Buffer& buffer : buffers)
    if (buffer.kind == kind) sum += buffer.bytes;
  return sum;
}

std::int64_t MemoryPlan::total() const {
  std::int64_t sum = 0;
  for (const Buffer& buffer : buffers) sum += buffer.bytes;
  return sum;
}

MemoryPlan plan_memory(const Recipe& recipe, const ModelConfig& config, std::int64_t text_bytes,
                       std::int64_t text_tokens, int n_threads) {
  MemoryPlan plan;
  RunMemory memory{};
  for_each_buffer(recipe, config, n_threads, memory, [&](Buffer buffer, auto*&) {
    buffer.bytes = Arena::aligned(buffer.bytes);
    plan.buffers.push_back(std::move(buffer));
  });
  plan.buffers.push_back({"decoder", MemoryKind::scratch, Decoder::bytes(config),
                          "keys and values of the text that is being written"});
  plan.buffers.push_back({"text", MemoryKind::text,
                          text_bytes + text_tokens * static_cast<std::int64_t>(sizeof(Token)),
                          "its bytes and its tokens"});
  return plan;
}

std::int64_t tape_bytes(const Recipe& recipe, const ModelConfig& config) {
  std::int64_t floats = 0;
  reference::Activations<float> tape;
  reference::for_each_activation(config, recipe.batch_size, recipe.block_size, tape,
                                 [&](const reference::ActivationInfo& info, const auto&) {
                                   const bool is_dropout =
                                       std::string_view(info.name).ends_with("dropout");
                                   if (is_dropout && config.dropout == 0)
                                     return;  // the same tensor as before
                                   floats += info.size() * (info.has_gradient ? 2 : 1);
                                 });
  return floats * static_cast<std::int64_t>(sizeof(float));
}

bool allocate_run(Arena& arena, RunMemory& memory, const Recipe& recipe, const ModelConfig& config,
                  int n_threads) {
  std::int64_t bytes = 0;
  for_each_buffer(recipe, config, n_threads, memory,
                  [&](const Buffer& buffer, auto*&) { bytes += Arena::aligned(buffer.bytes); });
  if (!arena.allocate(bytes)) return false;
  for_each_buffer(recipe, config, n_threads, memory, [&](const Buffer& buffer, auto*& at) {
    using Element = std::remove_reference_t<decltype(*at)>;
    at = arena.take<Element>(buffer.bytes / static_cast<std::int64_t>(sizeof(Element)));
  });
  return true;
}

Status check_memory(const MemoryPlan& plan, std::int64_t limit) {
  const std::int64_t total = plan.total();
  if (total <= limit) return {};
  constexpr std::int64_t kMegabyte = 1'000'000;
  return Error{"memory", "",
               "This run needs " + with_commas(total / kMegabyte) + " MB of memory; at most " +
                   with_commas(limit / kMegabyte) +
                   " MB can be had here. Lower batch_size, block_size, n_embd or n_layer."};
}

std::int64_t memory_limit() {
#if defined(__wasm__)
  return std::int64_t{3800} << 20;
#else
  return static_cast<std::int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);
#endif
}

}  // namespace clearformer
