#pragma once

#include "base/context.h"
#include "ops/attention.h"

namespace clearformer {

// RMSNorm of each head's queries and keys before they meet, so that no score grows without bound;
// values pass. The heads share a weight for queries and one for keys, as in Qwen3. Henry et al.,
// "Query-key normalization for transformers" (2020). See norm.md.
void qk_norm_forward(const Context& context,
                     float* out,             // (B, T, qkv_width); may be qkv
                     float* rstd,            // (B*T, n_head), then (B*T, n_kv_head)
                     const float* qkv,       // (B, T, qkv_width)
                     const float* q_weight,  // (HS)
                     const float* k_weight,  // (HS)
                     const AttentionShape& shape);

// In place, dqkv from dout.
void qk_norm_backward(const Context& context,
                      float* dqkv,            // (B, T, qkv_width)
                      float* dq_weight,       // (HS)
                      float* dk_weight,       // (HS)
                      const float* qkv,       // (B, T, qkv_width), before
                      const float* q_weight,  // (HS)
                      const float* k_weight,  // (HS)
                      const float* rstd,      // forward's
                      const AttentionShape& shape);

}  // namespace clearformer
