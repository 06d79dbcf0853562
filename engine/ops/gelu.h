#pragma once

#include <cstdint>

#include "base/context.h"

namespace clearformer {

// gelu(x) = x/2 (1 + tanh(u)), u = sqrt(2/pi) (x + 0.044715 x^3): GPT-2's "gelu_new". Hendrycks,
// Gimpel, "Gaussian error linear units" (2016). Computed as x sigmoid(2u), which is the same.
void gelu_forward(const Context& context,
                  float* out,      // (size); may be x
                  const float* x,  // (size)
                  std::int64_t size);

// dx = dout (s + x s (1 - s) 2u'), s = sigmoid(2u), u' = sqrt(2/pi) (1 + 3 * 0.044715 x^2). Beside
// it out = gelu(x) again, to the bit, which shares the exponential.
void gelu_backward(const Context& context,
                   float* out,         // (size)
                   float* dx,          // (size); may be dout
                   const float* dout,  // (size)
                   const float* x,     // (size)
                   std::int64_t size);

}  // namespace clearformer
