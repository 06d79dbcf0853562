#pragma once

#include <cstdint>

#include "base/context.h"

namespace clearformer {

// A matrix with its adapters: W = W0 + scale A B. Derivation: lora.md.
struct LoraShape {
  std::int64_t C_in, C_out, rank;
  float scale;  // alpha / rank
};

// weight = base + scale a b.
void lora_merge(const Context& context,
                float* weight,      // (C_in, C_out)
                const float* base,  // (C_in, C_out)
                const float* a,     // (C_in, rank)
                const float* b,     // (rank, C_out)
                const LoraShape& shape);

// da += scale dweight b^T;  db += scale a^T dweight.
void lora_backward(const Context& context,
                   float* da,             // (C_in, rank)
                   float* db,             // (rank, C_out)
                   const float* dweight,  // (C_in, C_out)
                   const float* a,        // (C_in, rank)
                   const float* b,        // (rank, C_out)
                   const LoraShape& shape);

// Floats of context.scratch that either needs.
std::int64_t lora_scratch(std::int64_t C_in, std::int64_t C_out, std::int64_t rank);

}  // namespace clearformer
