#pragma once

#include <cstdint>

#include "base/context.h"
#include "ops/attention.h"

namespace clearformer {

// Rotary positions: in each head of each row, the pair (x_i, x_{i+HS/2}) is turned by the angle
// t w_i, t the row's position and w_i = 10000^(-2i/HS), so that a query and a key meet at an angle
// that their distance alone decides. Su et al., "RoFormer" (2021); the pairs are Hugging Face's.
// See rotary.md. HS is even.

inline constexpr double kRotaryTheta = 10'000;  // the base of w_i

// Rows of cos(t w_i), then sin(t w_i), i < HS/2, for t < T. Each is rounded once.
void rotary_table(float* table,  // (T, HS)
                  std::int64_t T, std::int64_t HS);

// Turns the queries and keys of qkv, in place; row t of each batch is at position t.
void rotary_forward(const Context& context,
                    float* qkv,          // (B, T, qkv_width)
                    const float* table,  // (T, HS)
                    const AttentionShape& shape);

// In place, dqkv from dout: turns back.
void rotary_backward(const Context& context,
                     float* dqkv,         // (B, T, qkv_width)
                     const float* table,  // (T, HS)
                     const AttentionShape& shape);

}  // namespace clearformer
