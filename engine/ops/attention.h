#pragma once

#include <cstdint>

#include "base/context.h"
#include "ops/dropout.h"
#include "ops/softmax.h"

namespace clearformer {

// The sizes of attention: C = n_head * HS.
struct AttentionShape {
  std::int64_t B, T, C, n_head;

  std::int64_t head_size() const { return C / n_head; }
};

// Causal multi-head attention: for each batch and head, softmax(q k^T / sqrt(HS)) v over the
// positions up to each query's own. Vaswani et al., "Attention is all you need" (2017); blockwise,
// with nothing of size T x T, as in Dao et al., "FlashAttention" (2022). See attention.md.
//
// Dropout, where active, drops attention weights; the weight of query t and key s in batch b and
// head h is number ((b * n_head + h) * T + t) * T + s.
void attention_forward(const Context& context,
                       float* out,        // (B, T, C)
                       SoftmaxRow* rows,  // (B, n_head, T), kept for backward
                       const float* qkv,  // (B, T, 3*C)
                       const Dropout& dropout, const AttentionShape& shape);

void attention_backward(const Context& context,
                        float* dqkv,             // (B, T, 3*C)
                        const float* dout,       // (B, T, C)
                        const float* qkv,        // (B, T, 3*C)
                        const float* out,        // (B, T, C), forward's
                        const SoftmaxRow* rows,  // (B, n_head, T), forward's
                        const Dropout& dropout, const AttentionShape& shape);

// Floats of context.scratch that either needs: linear in T, for each thread.
std::int64_t attention_scratch(const AttentionShape& shape, int n_threads);

// One position more: the query at `position` attends to the cache, into which its own key and value
// are written first.
void attention_decode(float* out,        // (C)
                      float* keys,       // (>= position + 1, C), a row a position
                      float* values,     // (>= position + 1, C)
                      float* scratch,    // (position + 1)
                      const float* qkv,  // (3*C)
                      std::int64_t position, std::int64_t C, std::int64_t n_head);

}  // namespace clearformer
