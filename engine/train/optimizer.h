#pragma once

#include <cstdint>
#include <vector>

#include "base/context.h"
#include "model/parameters.h"
#include "train/recipe.h"

namespace clearformer {

inline constexpr double kAdamEpsilon = 1e-8;

// How a parameter moves. Of Muon's are the linear maps of the blocks: it makes a map's update
// orthogonal, which says nothing of a vector, and nothing good of an embedding, whose rows are
// numbers of their own; those AdamW moves.
enum class UpdateRule { adamw, muon, sgd };
UpdateRule update_rule(const Recipe& recipe, const ParameterInfo& info);

// Where an optimizer keeps what it remembers. Each holds the parameters that need it, one behind
// the other in the walk's order; null where none does.
struct OptimizerMemory {
  float* adam_m;    // AdamW's running mean of the gradient
  float* adam_v;    // and of its square
  float* momentum;  // Muon's running mean of the gradient, SGD's running sum
};

// The one walk over it: visit(prefix, numbers, info) for what is remembered of each parameter,
// tensor kind by kind, `numbers` being a reference to the kind's pointer. Whoever slices moves it
// on.
template <class Visit>
void for_each_optimizer_tensor(const Recipe& recipe, const std::vector<ParameterInfo>& parameters,
                               OptimizerMemory& memory, Visit&& visit) {
  const auto all = [&](const char* prefix, float*& numbers, bool adam) {
    for (const ParameterInfo& info : parameters)
      if ((update_rule(recipe, info) == UpdateRule::adamw) == adam) visit(prefix, numbers, info);
  };
  all("adam.m.", memory.adam_m, true);
  all("adam.v.", memory.adam_v, true);
  all("momentum.", memory.momentum, false);
}

// Moves every parameter against its gradient: step t, counted from 1, at rate lr.
// gradient_norm as from gradient_norm(). Uses context.scratch: optimizer_scratch() floats.
void optimizer_step(const Context& context, const Recipe& recipe,
                    const std::vector<ParameterInfo>& list, OptimizerMemory memory,
                    float* parameters,       // the list's, one behind the other
                    const float* gradients,  // the same
                    double lr, std::int64_t t, double gradient_norm);
std::int64_t optimizer_scratch(const Recipe& recipe, const std::vector<ParameterInfo>& list);

// What clipping makes of the gradient: a factor, at most 1. PyTorch's clip_grad_norm_.
float gradient_scale(const Recipe& recipe, double gradient_norm);

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

// The numbers of one SGD step.
struct SgdStep {
  float momentum, lr;
  float decay;  // 1 - lr * weight_decay, for matrices
  float gradient_scale;

  SgdStep(const Recipe& recipe, double lr, double gradient_norm);
};

// One parameter's update: momentum = mu momentum + gradient, and against it. PyTorch's SGD without
// dampening; the weight decay is decoupled, as AdamW's.
void sgd_update(const Context& context, const SgdStep& step, bool decays,
                float* parameter,       // (size)
                float* momentum,        // (size)
                const float* gradient,  // (size)
                std::int64_t size);

// Sets `gradient` to zero.
void zero_gradient(const Context& context, float* gradient, std::int64_t size);

// The Euclidean norm of the whole gradient. partials: (norm_partials(size)) doubles to work with.
double gradient_norm(const Context& context, const float* gradient, double* partials,
                     std::int64_t size);
std::int64_t norm_partials(std::int64_t size);

}  // namespace clearformer
