#pragma once

#include <cstdint>

#include "base/context.h"
#include "base/token.h"

namespace clearformer {

// out[b, t] = wte[tokens[b, t]] + wpe[t], or without wpe where that is null.
void embedding_forward(const Context& context,
                       float* out,           // (B, T, C)
                       const Token* tokens,  // (B, T), each in [0, V)
                       const float* wte,     // (V, C)
                       const float* wpe,     // (>= T, C) or null
                       std::int64_t B, std::int64_t T, std::int64_t C);

// dwte[tokens[b, t]] += dout[b, t];  dwpe[t] += dout[b, t]. Each column in the order of b, t.
void embedding_backward(const Context& context,
                        float* dwte,          // (V, C)
                        float* dwpe,          // (>= T, C) or null
                        const float* dout,    // (B, T, C)
                        const Token* tokens,  // (B, T)
                        std::int64_t B, std::int64_t T, std::int64_t C);

}  // namespace clearformer
