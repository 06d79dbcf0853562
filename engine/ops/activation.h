#pragma once

#include <cstdint>

#include "base/context.h"

namespace clearformer {

// What bends the hidden layer of a block.
//   gelu    x/2 (1 + tanh(u)), u = sqrt(2/pi) (x + 0.044715 x^3): GPT-2's "gelu_new". Hendrycks,
//           Gimpel, "Gaussian error linear units" (2016). Computed as x sigmoid(2u), the same.
//   relu2   max(x, 0)^2. So et al., "Primer" (2021).
//   swiglu  silu(gate) up, silu(x) = x sigmoid(x): two inputs for each output. Shazeer, "GLU
//           variants improve transformer" (2020).
enum class Activation { gelu, relu2, swiglu };

// Whether a row of the input holds gates, then as many numbers that they let through.
inline bool is_gated(Activation activation) {
  return activation == Activation::swiglu;
}

// Row by row. out may be x, unless that is gated.
void activation_forward(const Context& context, Activation activation,
                        float* out,      // (rows, H)
                        const float* x,  // (rows, H), gated (rows, 2*H)
                        std::int64_t rows, std::int64_t H);

// dx = dout f'(x), see activation.md. Beside it out = f(x) again, to the bit, which shares the
// exponential.
void activation_backward(const Context& context, Activation activation,
                         float* out,         // (rows, H); may be dout
                         float* dx,          // as x
                         const float* dout,  // (rows, H)
                         const float* x,     // (rows, H), gated (rows, 2*H)
                         std::int64_t rows, std::int64_t H);

}  // namespace clearformer
