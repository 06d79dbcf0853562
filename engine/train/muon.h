#pragma once

#include <cstdint>

#include "base/context.h"
#include "model/parameters.h"
#include "train/recipe.h"

namespace clearformer {

// The derivation is in train/muon.md.

// The numbers of one Muon step.
struct MuonStep {
  float momentum;
  float gradient_scale;  // what clipping makes of the gradient
  float decay;           // 1 - lr * weight_decay
  double lr;

  // gradient_norm as from gradient_norm().
  MuonStep(const Recipe& recipe, double lr, double gradient_norm);
};

// The update of a block's matrix, each of the linear maps in it for itself: `momentum` is the
// running mean of its gradient. Jordan et al., "Muon: an optimizer for hidden layers in neural
// networks" (2024), with weight decay and scale of Liu et al., "Muon is scalable for LLM training"
// (2025). REQUIRES: info.in_block(). Uses context.scratch: muon_scratch(info) floats.
void muon_update(const Context& context, const MuonStep& step, const ParameterInfo& info,
                 float* parameter,        // (rows, cols)
                 float* momentum,         // (rows, cols)
                 const float* gradient);  // (rows, cols)
std::int64_t muon_scratch(const ParameterInfo& info);

// Floating point operations of the products in it, a multiplication and an addition counted as two.
double muon_flops(const ParameterInfo& info);

}  // namespace clearformer
