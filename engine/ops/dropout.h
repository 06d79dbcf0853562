#pragma once

#include <cstdint>

#include "base/context.h"
#include "base/rng.h"

namespace clearformer {

// Which activations are dropped: a pure function of an activation's index, so that backward draws
// the same mask again and nothing is kept. Srivastava et al., "Dropout" (2014).
struct Dropout {
  float p = 0;  // in [0, 1)
  Rng rng;      // one stream a step and site

  bool active() const { return p > 0; }
};

// values[i] *= 0 with probability p, else 1 / (1 - p), for the activations numbered first, first+1,
// ... For use inside other ops' loops.
void apply_dropout(float* values, const Dropout& dropout, std::uint64_t first, std::int64_t size);

// out = dropped x + residual. residual may be null; out may be x or residual.
void dropout_forward(const Context& context,
                     float* out,             // (size)
                     const float* x,         // (size)
                     const float* residual,  // (size) or null
                     const Dropout& dropout, std::int64_t size);

// dx = dropped dout. dx may be dout.
void dropout_backward(const Context& context,
                      float* dx,          // (size)
                      const float* dout,  // (size)
                      const Dropout& dropout, std::int64_t size);

}  // namespace clearformer
