#pragma once

#include <cstdint>

#include "base/context.h"

namespace clearformer {

// logits = x weight^T: the head. Where it is tied its weight is the token embedding, wte.
void head_forward(const Context& context,
                  float* logits,        // (rows, V)
                  const float* x,       // (rows, C)
                  const float* weight,  // (V, C)
                  std::int64_t rows, std::int64_t C, std::int64_t V);

// dx = dlogits weight;  dweight += dlogits^T x.
void head_backward(const Context& context,
                   float* dx,             // (rows, C)
                   float* dweight,        // (V, C)
                   const float* dlogits,  // (rows, V)
                   const float* x,        // (rows, C)
                   const float* weight,   // (V, C)
                   std::int64_t rows, std::int64_t C, std::int64_t V);

// Floats of context.scratch that either needs.
std::int64_t head_scratch(std::int64_t rows, std::int64_t C, std::int64_t V);

}  // namespace clearformer
