#pragma once

#include <string>
#include <vector>

#include "model/config.h"
#include "reference/number.h"

namespace clearformer::reference {

// out = x * scale, where scale is 0 for what is dropped and 1 / (1 - p) for what is kept. The draw
// is an input, so that any generator's can be replayed. Srivastava et al., "Dropout" (2014), in the
// inverted form.
template <class Number>
void dropout_forward(Number* out,          // (N)
                     const Number* x,      // (N)
                     const double* scale,  // (N), or null: no dropout
                     Index N) {
  for (Index n = 0; n < N; ++n) out[n] = scale ? x[n] * scale[n] : x[n];
}

template <class Number>
void dropout_backward(Number* dx,           // (N), =
                      const Number* dout,   // (N)
                      const double* scale,  // (N), or null: no dropout
                      Index N) {
  for (Index n = 0; n < N; ++n) dx[n] = scale ? dout[n] * scale[n] : dout[n];
}

// A draw of dropout: at each site 0 for what is dropped and 1 / (1 - p) for what is kept. An empty
// vector is a site without dropout.
struct DropoutScales {
  struct Block {
    std::vector<double> att;   // (B, NH, T, T), on the attention weights; s > t is not read
    std::vector<double> attn;  // (B, T, C), on the attention's projection
    std::vector<double> mlp;   // (B, T, C), on the MLP's output
  };
  std::vector<double> embedding;  // (B, T, C)
  std::vector<Block> h;           // (n_layer)
};

// The scales of one site for an op, and of one block: nothing where the draw has none.
inline const double* scales_or_null(const std::vector<double>& site) {
  return site.empty() ? nullptr : site.data();
}
inline DropoutScales::Block block_scales(const DropoutScales& scales, int l) {
  return scales.h.empty() ? DropoutScales::Block{} : scales.h[l];
}

// The one walk over dropout's sites, in the order of the forward pass: calls visit(name, shape,
// vector) for each.
template <class Visit>
void for_each_dropout_site(const ModelConfig& config, Index B, Index T, DropoutScales& scales,
                           Visit&& visit) {
  const Index C = config.n_embd, NH = config.n_head;
  using Shape = std::vector<Index>;
  scales.h.resize(config.n_layer);
  visit("embedding", Shape{B, T, C}, scales.embedding);
  for (int l = 0; l < config.n_layer; ++l) {
    const std::string prefix = "h." + std::to_string(l) + ".";
    visit(prefix + "att", Shape{B, NH, T, T}, scales.h[l].att);
    visit(prefix + "attn", Shape{B, T, C}, scales.h[l].attn);
    visit(prefix + "mlp", Shape{B, T, C}, scales.h[l].mlp);
  }
}

}  // namespace clearformer::reference
