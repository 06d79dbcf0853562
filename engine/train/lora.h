#pragma once

#include <cstdint>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "model/adapters.h"
#include "ops/lora.h"
#include "train/memory.h"
#include "train/recipe.h"

namespace clearformer {

// What the optimizer moves: all parameters, or LoRA's adapters alone.
std::vector<ParameterInfo> trained_list(const Recipe& recipe, const ModelConfig& config);

// LoRA over a run's memory: ops/lora.h for every matrix that has adapters.
class Lora {
 public:
  // The memory outlives it.
  Lora(const Recipe& recipe, const ModelConfig& config, const RunMemory& memory);

  bool active() const { return rank_ > 0; }
  // What the adapters are added to: the parameters as they are.
  void take_base() const;
  // parameters = base + scale a b.
  void merge(const Context& context) const;
  // Adds to the adapters' gradients what the parameters' make of them.
  void backward(const Context& context) const;

 private:
  struct Matrix {
    LoraShape shape;
    AdapterOffsets at;
  };
  // The context of a step, with LoRA's own scratch.
  Context context(const Context& step) const;

  std::int64_t rank_;
  const RunMemory& memory_;
  std::vector<Matrix> matrices_ = {};  // none where not active
  std::int64_t scratch_size_ = 0;
};

// Floats of scratch that it needs.
std::int64_t lora_scratch_size(const ModelConfig& config, std::int64_t rank);

// Whether a person's run may begin with random weights. Error "setting" where its recipe is meant
// for a model that is there: adapters of random weights would learn next to nothing.
Status check_from_scratch(const Recipe& recipe);

}  // namespace clearformer
