#pragma once

#include <vector>

#include "reference/number.h"
#include "reference/softmax.h"

namespace clearformer::reference {

// Causal multi-head attention. A row of qkv holds the queries of all NH heads side by side, then
// the keys of NKV heads, then their values, HS = C / NH columns each; head h reads the keys and
// values of head h / (NH / NKV).
//   att[t, s] = softmax over s <= t of (q[t] . k[s] / sqrt(HS)), and 0 where s > t
//   out[t] = sum over s of att[t, s] * scale[t, s] * v[s]
// Vaswani et al., "Attention Is All You Need" (2017); NKV < NH: Ainslie et al., "GQA" (2023).
template <class Number>
void attention_forward(Number* out,          // (B, T, C)
                       Number* att,          // (B, NH, T, T), before dropout
                       const Number* qkv,    // (B, T, C + 2*NKV*HS)
                       const double* scale,  // (B, NH, T, T) of dropout, or null: no dropout
                       Index B, Index T, Index C, Index NH, Index NKV) {
  const Index HS = C / NH, KV = NKV * HS, W = C + 2 * KV;
  const double temperature = 1.0 / std::sqrt(static_cast<double>(HS));
  for (Index b = 0; b < B; ++b) {
    for (Index h = 0; h < NH; ++h) {
      const Number* q = qkv + b * T * W + h * HS;  // row t starts at t * W
      const Number* k = qkv + b * T * W + C + h / (NH / NKV) * HS;
      const Number* v = k + KV;
      for (Index t = 0; t < T; ++t) {
        const Index row = ((b * NH + h) * T + t) * T;
        for (Index s = 0; s <= t; ++s) {
          Number dot = 0;
          for (Index i = 0; i < HS; ++i) dot += q[t * W + i] * k[s * W + i];
          att[row + s] = dot * temperature;
        }
        softmax_forward(att + row, att + row, t + 1);
        for (Index s = t + 1; s < T; ++s) att[row + s] = 0;

        for (Index i = 0; i < HS; ++i) {
          Number sum = 0;
          for (Index s = 0; s <= t; ++s) {
            const Number weight = scale ? att[row + s] * scale[row + s] : att[row + s];
            sum += weight * v[s * W + i];
          }
          out[(b * T + t) * C + h * HS + i] = sum;
        }
      }
    }
  }
}

template <class Number>
void attention_backward(Number* dqkv,         // (B, T, C + 2*NKV*HS), =
                        Number* datt,         // (B, NH, T, T), =
                        const Number* dout,   // (B, T, C)
                        const Number* qkv,    // (B, T, C + 2*NKV*HS)
                        const Number* att,    // (B, NH, T, T)
                        const double* scale,  // (B, NH, T, T), or null: no dropout
                        Index B, Index T, Index C, Index NH, Index NKV) {
  const Index HS = C / NH, KV = NKV * HS, W = C + 2 * KV;
  const double temperature = 1.0 / std::sqrt(static_cast<double>(HS));
  std::vector<Number> ddot(T);  // gradient of one query's dot products
  for (Index n = 0; n < B * T * W; ++n) dqkv[n] = 0;
  for (Index b = 0; b < B; ++b) {
    for (Index h = 0; h < NH; ++h) {
      const Index query = b * T * W + h * HS, key = b * T * W + C + h / (NH / NKV) * HS;
      const Number *q = qkv + query, *k = qkv + key, *v = k + KV;
      Number *dq = dqkv + query, *dk = dqkv + key, *dv = dk + KV;
      for (Index t = 0; t < T; ++t) {
        const Index row = ((b * NH + h) * T + t) * T;
        const Number* dout_t = dout + (b * T + t) * C + h * HS;
        for (Index s = 0; s < T; ++s) datt[row + s] = 0;
        for (Index s = 0; s <= t; ++s) {
          const double keep = scale ? scale[row + s] : 1.0;
          for (Index i = 0; i < HS; ++i) {
            datt[row + s] += dout_t[i] * v[s * W + i] * keep;
            dv[s * W + i] += dout_t[i] * att[row + s] * keep;
          }
        }
        softmax_backward(ddot.data(), datt + row, att + row, t + 1);
        for (Index s = 0; s <= t; ++s) {
          for (Index i = 0; i < HS; ++i) {
            dq[t * W + i] += ddot[s] * temperature * k[s * W + i];
            dk[s * W + i] += ddot[s] * temperature * q[t * W + i];
          }
        }
      }
    }
  }
}

}  // namespace clearformer::reference
