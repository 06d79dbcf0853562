#pragma once

#include <vector>

#include "model/adapters.h"
#include "model/config.h"
#include "reference/number.h"

namespace clearformer::reference {

// weight = base + scale a b
template <class Number>
void lora_forward(Number* weight,      // (C_in, C_out)
                  const Number* base,  // (C_in, C_out)
                  const Number* a,     // (C_in, rank)
                  const Number* b,     // (rank, C_out)
                  double scale, Index C_in, Index C_out, Index rank) {
  for (Index i = 0; i < C_in; ++i) {
    for (Index o = 0; o < C_out; ++o) {
      Number sum = 0;
      for (Index k = 0; k < rank; ++k) sum += a[i * rank + k] * b[k * C_out + o];
      weight[i * C_out + o] = base[i * C_out + o] + scale * sum;
    }
  }
}

// da = scale dweight b^T, db = scale a^T dweight
template <class Number>
void lora_backward(Number* da,             // (C_in, rank), +=
                   Number* db,             // (rank, C_out), +=
                   const Number* dweight,  // (C_in, C_out)
                   const Number* a,        // (C_in, rank)
                   const Number* b,        // (rank, C_out)
                   double scale, Index C_in, Index C_out, Index rank) {
  for (Index i = 0; i < C_in; ++i) {
    for (Index o = 0; o < C_out; ++o) {
      const Number d = scale * dweight[i * C_out + o];
      for (Index k = 0; k < rank; ++k) {
        da[i * rank + k] += d * b[k * C_out + o];
        db[k * C_out + o] += a[i * rank + k] * d;
      }
    }
  }
}

// The whole model's parameters, merged: what forward() and backward() take.
template <class Number>
std::vector<Number> merged(const std::vector<Number>& base,      // (parameter_count(config))
                           const std::vector<Number>& adapters,  // as adapter_list(config, rank)
                           double scale, const ModelConfig& config, Index rank) {
  std::vector<Number> parameters = base;
  for_each_adapted(parameter_list(config), rank,
                   [&](const ParameterInfo& info, const AdapterOffsets& at) {
                     lora_forward(&parameters[at.weight], &base[at.weight], &adapters[at.a],
                                  &adapters[at.b], scale, info.rows, info.cols, rank);
                   });
  return parameters;
}

// Adds to the adapters' gradients what the whole model's, as backward() gives them, make of them.
template <class Number>
void adapter_gradients(std::vector<Number>& dadapters,        // as adapters, +=
                       const std::vector<Number>& gradients,  // (parameter_count(config))
                       const std::vector<Number>& adapters, double scale, const ModelConfig& config,
                       Index rank) {
  for_each_adapted(
      parameter_list(config), rank, [&](const ParameterInfo& info, const AdapterOffsets& at) {
        lora_backward(&dadapters[at.a], &dadapters[at.b], &gradients[at.weight], &adapters[at.a],
                      &adapters[at.b], scale, info.rows, info.cols, rank);
      });
}

}  // namespace clearformer::reference
