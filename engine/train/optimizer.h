#pragma once

#include <cstdint>
#include <span>

#include "base/context.h"
#include "train/recipe.h"

namespace clearformer {

inline constexpr double kAdamEpsilon = 1e-8;

// The numbers of one AdamW step, in the form in which its loop uses them.
struct AdamWStep {
  float beta1, beta2;
  float step_size;       // lr / (1 - beta1^t)
  float inverse_root;    // 1 / sqrt(1 - beta2^t)
  float decay;           // 1 - lr * weight_decay, for matrices
  float gradient_scale;  // what clipping makes of the gradient

  // t counts steps from 1. gradient_norm as from gradient_norm().
  AdamWStep(const Recipe& recipe, double lr, std::int64_t t, double gradient_norm);
};

// One parameter's update: m and v are the running means of its gradient and of its square.
// Decoupled weight decay where `decays`. Loshchilov, Hutter, "Decoupled weight decay
// regularization" (2019).
void adamw_update(const Context& context, const AdamWStep& step, bool decays,
                  float* parameter,       // (size)
                  float* m,               // (size)
                  float* v,               // (size)
                  const float* gradient,  // (size)
                  std::int64_t size);

// Sets `gradient` to zero.
void zero_gradient(const Context& context, float* gradient, std::int64_t size);

// The Euclidean norm of the whole gradient. partials: (norm_partials(size)) doubles to work with.
double gradient_norm(const Context& context, const float* gradient, double* partials,
                     std::int64_t size);
std::int64_t norm_partials(std::int64_t size);

}  // namespace clearformer
