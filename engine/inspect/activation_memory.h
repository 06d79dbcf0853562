#pragma once

#include "base/arena.h"
#include "model/activations.h"

namespace clearformer {

// Slices an arena for the activations of passes of this shape, and of smaller ones. False where the
// system does not give that much.
[[nodiscard]] bool allocate_activations(Arena& arena, Activations& activations,
                                        const ModelConfig& config, const StepShape& shape);

}  // namespace clearformer
