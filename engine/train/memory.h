#pragma once

#include <cstdint>
#include <vector>

#include "base/arena.h"
#include "base/result.h"
#include "base/token.h"
#include "model/activations.h"
#include "train/optimizer.h"
#include "train/recipe.h"

namespace clearformer {

// All that a run's steps work with, in one arena.
struct RunMemory {
  float* parameters;          // (parameter_count)
  float* gradients;           // (parameter_count)
  OptimizerMemory optimizer;  // of what is trained
  float* optimizer_scratch;   // (optimizer_scratch); null where it is 0
  double* norm_partials;      // sums of squares of pieces of the gradient
  Token* inputs;              // (B, T)
  Token* targets;             // (B, T)
  // With LoRA alone, else null: see train/lora.h.
  float* adapters;           // (trained_count), as adapter_list has them
  float* adapter_gradients;  // (trained_count)
  float* lora_base;          // the matrices that have adapters, one after the other
  float* lora_scratch;       // products' packed blocks
  Activations activations;

  // What the optimizer moves: trained_count numbers, as trained_list has them.
  float* trained() const { return adapters ? adapters : parameters; }
  float* trained_gradients() const { return adapters ? adapter_gradients : gradients; }
};

// How many numbers the optimizer moves: all parameters, or LoRA's adapters alone.
std::int64_t trained_count(const Recipe& recipe, const ModelConfig& config);

// The memory of a run, known before any is allocated.
struct MemoryPlan {
  std::vector<Buffer> buffers;

  std::int64_t bytes(MemoryKind kind) const;
  std::int64_t total() const;
};

// Every buffer of a run over a text of so many bytes and tokens.
MemoryPlan plan_memory(const Recipe& recipe, const ModelConfig& config, std::int64_t text_bytes,
                       std::int64_t text_tokens, int n_threads);

// The passages of a batch that go through the model together, and what that is planned for. A batch
// is worked in groups: parameter gradients add up over them in the order of the rows, as they would
// over the whole, and activations exist for one group only.
StepShape pass_shape(const Recipe& recipe, int n_threads);

// What a tape that keeps everything would hold for a step: every activation of the whole batch, the
// attention weights among them, and the gradient of each (reference/activations.h), as floats.
std::int64_t tape_bytes(const Recipe& recipe, const ModelConfig& config);

// Slices an arena as planned. False where the system does not give that much.
[[nodiscard]] bool allocate_run(Arena& arena, RunMemory& memory, const Recipe& recipe,
                                const ModelConfig& config, int n_threads);

// Error "memory" where a plan exceeds `limit` bytes.
Status check_memory(const MemoryPlan& plan, std::int64_t limit);

// The most that a run of this build on this machine may plan for: what 32-bit addresses reach in
// WebAssembly, less room for the rest of the program; the physical memory natively.
std::int64_t memory_limit();

}  // namespace clearformer
