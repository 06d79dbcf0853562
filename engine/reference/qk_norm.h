#pragma once

#include "reference/number.h"
#include "reference/rmsnorm.h"

namespace clearformer::reference {

// RMSNorm of each of the NH queries and NKV keys at the beginning of a row of qkv, each HS numbers;
// the values behind them stay. Henry et al., "Query-Key Normalization for Transformers" (2020),
// with a weight for all queries and one for all keys.
template <class Number>
void qk_norm_forward(Number* out,             // (N, (NH + 2 NKV) * HS)
                     Number* rstd,            // (N, NH + NKV)
                     const Number* qkv,       // (N, (NH + 2 NKV) * HS)
                     const Number* q_weight,  // (HS)
                     const Number* k_weight,  // (HS)
                     Index N, Index NH, Index NKV, Index HS) {
  for (Index n = 0; n < N; ++n) {
    const Index row = n * (NH + 2 * NKV) * HS;
    for (Index h = 0; h < NH + NKV; ++h) {
      rmsnorm_forward(out + row + h * HS, rstd + n * (NH + NKV) + h, qkv + row + h * HS,
                      h < NH ? q_weight : k_weight, 1, HS);
    }
    for (Index c = (NH + NKV) * HS; c < (NH + 2 * NKV) * HS; ++c) out[row + c] = qkv[row + c];
  }
}

template <class Number>
void qk_norm_backward(Number* dqkv,            // (N, (NH + 2 NKV) * HS), =
                      Number* dq_weight,       // (HS), +=
                      Number* dk_weight,       // (HS), +=
                      const Number* dout,      // (N, (NH + 2 NKV) * HS)
                      const Number* qkv,       // (N, (NH + 2 NKV) * HS)
                      const Number* q_weight,  // (HS)
                      const Number* k_weight,  // (HS)
                      const Number* rstd,      // (N, NH + NKV)
                      Index N, Index NH, Index NKV, Index HS) {
  for (Index n = 0; n < N; ++n) {
    const Index row = n * (NH + 2 * NKV) * HS;
    for (Index h = 0; h < NH + NKV; ++h) {
      const Index at = row + h * HS;
      rmsnorm_backward(dqkv + at, h < NH ? dq_weight : dk_weight, dout + at, qkv + at,
                       h < NH ? q_weight : k_weight, rstd + n * (NH + NKV) + h, 1, HS);
    }
    for (Index c = (NH + NKV) * HS; c < (NH + 2 * NKV) * HS; ++c) dqkv[row + c] = dout[row + c];
  }
}

}  // namespace clearformer::reference
