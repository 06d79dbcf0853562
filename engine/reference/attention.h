#pragma once

#include <vector>

#include "reference/number.h"
#include "reference/softmax.h"

namespace clearformer::reference {

// Causal multi-head attention. A row of qkv holds the queries, keys and values of all heads side by
// side; head h owns the HS = C / NH columns from h * HS on in each of the three.
//   att[t, s] = softmax over s <= t of (q[t] . k[s] / sqrt(HS)), and 0 where s > t
//   out[t] = sum over s of att[t, s] * scale[t, s] * v[s]
// Vaswani et al., "Attention Is All You Need" (2017).
template <class Number>
void attention_forward(Number* out,          // (B, T, C)
                       Number* att,          // (B, NH, T, T), before dropout
                       const Number* qkv,    // (B, T, 3*C)
                       const double* scale,  // (B, NH, T, T) of dropout, or null: no dropout
                       Index B, Index T, Index C, Index NH) {
  const Index HS = C / NH;
  const double temperature = 1.0 / std::sqrt(static_cast<double>(HS));
  for (Index b = 0; b < B; ++b) {
    for (Index h = 0; h < NH; ++h) {
      const Number* q = qkv + b * T * 3 * C + h * HS;  // row t starts at t * 3*C
      const Number* k = q + C;
      const Number* v = k + C;
      for (Index t = 0; t < T; ++t) {
        const Index row = ((b * NH + h) * T + t) * T;
        for (Index s = 0; s <= t; ++s) {
          Number dot = 0;
          for (Index i = 0; i < HS; ++i) dot += q[t * 3 * C + i] * k[s * 3 * C + i];
          att[row + s] = dot * temperature;
        }
        softmax_forward(att + row, att + row, t + 1);
        for (Index s = t + 1; s < T; ++s) att[row + s] = 0;

        for (Index i = 0; i < HS; ++i) {
          Number sum = 0;
          for (Index s = 0; s <= t; ++s) {
            const Number weight = scale ? att[row + s] * scale[row + s] : att[row + s];
            sum += weight * v[s * 3 * C + i];
          }
          out[(b * T + t) * C + h * HS + i] = sum;
        }
      }
    }
  }
}

template <class Number>
void attention_backward(Number* dqkv,         // (B, T, 3*C), =
                        Number* datt,         // (B, NH, T, T), =
                        const Number* dout,   // (B, T, C)
                        const Number* qkv,    // (B, T, 3*C)
                        const Number* att,    // (B, NH, T, T)
                        const double* scale,  // (B, NH, T, T), or null: no dropout
                        Index B, Index T, Index C, Index NH) {
  const Index HS = C / NH;
  const double temperature = 1.0 / std::sqrt(static_cast<double>(HS));
  std::vector<Number> ddot(T);  // gradient of one query's dot products
  for (Index n = 0; n < B * T * 3 * C; ++n) dqkv[n] = 0;
  for (Index b = 0; b < B; ++b) {
    for (Index h = 0; h < NH; ++h) {
      const Index head = b * T * 3 * C + h * HS;
      const Number *q = qkv + head, *k = q + C, *v = k + C;
      Number *dq = dqkv + head, *dk = dq + C, *dv = dk + C;
      for (Index t = 0; t < T; ++t) {
        const Index row = ((b * NH + h) * T + t) * T;
        const Number* dout_t = dout + (b * T + t) * C + h * HS;
        for (Index s = 0; s < T; ++s) datt[row + s] = 0;
        for (Index s = 0; s <= t; ++s) {
          const double keep = scale ? scale[row + s] : 1.0;
          for (Index i = 0; i < HS; ++i) {
            datt[row + s] += dout_t[i] * v[s * 3 * C + i] * keep;
            dv[s * 3 * C + i] += dout_t[i] * att[row + s] * keep;
          }
        }
        softmax_backward(ddot.data(), datt + row, att + row, t + 1);
        for (Index s = 0; s <= t; ++s) {
          for (Index i = 0; i < HS; ++i) {
            dq[t * 3 * C + i] += ddot[s] * temperature * k[s * 3 * C + i];
            dk[s * 3 * C + i] += ddot[s] * temperature * q[t * 3 * C + i];
          }
        }
      }
    }
  }
}

}  // namespace clearformer::reference
