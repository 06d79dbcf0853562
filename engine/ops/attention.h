#pragma once

#include <cstdint>

#include "base/context.h"
#include "ops/dropout.h"
#include "ops/softmax.h"

namespace clearformer {

// The sizes of attention: C = n_head * HS. n_kv_head divides n_head; where it is less, so many
// query heads in a row share a head of keys and values.
struct AttentionShape {
  std::int64_t B, T, C, n_head;
  std::int64_t n_kv_head = n_head;

  std::int64_t head_size() const { return C / n_head; }
  std::int64_t group() const { return n_head / n_kv_head; }
  std::int64_t kv_width() const { return n_kv_head * head_size(); }
  // A row of qkv: the queries of all heads, then their keys, then their values.
  std::int64_t qkv_width() const { return C + 2 * kv_width(); }
};

// Causal multi-head attention: for each batch and head, softmax(q k^T / sqrt(HS)) v over the
// positions up to each query's own. Vaswani et al., "Attention is all you need" (2017); with shared
// keys and values Ainslie et al., "GQA" (2023); blockwise, with nothing of size T x T, as in Dao et
// al., "FlashAttention" (2022). See attention.md.
//
// Dropout, where active, drops attention weights; the weight of query t and key s in batch b and
// head h is number ((b * n_head + h) * T + t) * T + s.
void attention_forward(const Context& context,
                       float* out,        // (B, T, C)
                       SoftmaxRow* rows,  // (B, n_head, T), kept for backward
                       const float* qkv,  // (B, T, qkv_width)
                       const Dropout& dropout, const AttentionShape& shape);

void attention_backward(const Context& context,
                        float* dqkv,             // (B, T, qkv_width)
                        const float* dout,       // (B, T, C)
                        const float* qkv,        // (B, T, qkv_width)
                        const float* out,        // (B, T, C), forward's
                        const SoftmaxRow* rows,  // (B, n_head, T), forward's
                        const Dropout& dropout, const AttentionShape& shape);

// Floats of context.scratch that either needs: linear in T, for each thread.
std::int64_t attention_scratch(const AttentionShape& shape, int n_threads);

// One position more: the query at `position` attends to the cache, into which its own key and value
// are written first. The shape's B and T are not read.
void attention_decode(float* out,        // (C)
                      float* keys,       // (>= position + 1, kv_width), a row a position
                      float* values,     // (>= position + 1, kv_width)
                      float* scratch,    // (position + 1)
                      const float* qkv,  // (qkv_width)
                      std::int64_t position, const AttentionShape& shape);

}  // namespace clearformer
