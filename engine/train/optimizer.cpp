#include "train/optimizer.h"

#include <algorithm>
#include <cmath>

#include "base/math.h"
#include "kernels/reduce.h"
#include "kernels/simd.h"
#include "ops/grain.h"
#include "train/muon.h"

namespace clearformer {

UpdateRule update_rule(const Recipe& recipe, const ParameterInfo& info) {
  if (recipe.optimizer == "sgd") return UpdateRule::sgd;
  return recipe.optimizer == "muon" && info.in_block() ? UpdateRule::muon : UpdateRule::adamw;
}

void optimizer_step(const Context& context, const Recipe& recipe,
                    const std::vector<ParameterInfo>& list, OptimizerMemory memory,
                    float* parameters, const float* gradients, double lr, std::int64_t t,
                    double gradient_norm) {
  const AdamWStep adamw(recipe, lr, t, gradient_norm);
  const MuonStep muon(recipe, lr, gradient_norm);
  const SgdStep sgd(recipe, lr, gradient_norm);
  for (const ParameterInfo& info : list) {
    const std::int64_t size = info.size();
    switch (update_rule(recipe, info)) {
      case UpdateRule::adamw:
        adamw_update(context, adamw, info.decay, parameters, memory.adam_m, memory.adam_v,
                     gradients, size);
        memory.adam_m += size;
        memory.adam_v += size;
        break;
      case UpdateRule::muon:
        muon_update(context, muon, info, parameters, memory.momentum, gradients);
        memory.momentum += size;
        break;
      case UpdateRule::sgd:
        sgd_update(context, sgd, info.decay, parameters, memory.momentum, gradients, size);
        memory.momentum += size;
    }
    parameters += size;
    gradients += size;
  }
}

std::int64_t optimizer_scratch(const Recipe& recipe, const std::vector<ParameterInfo>& list) {
  std::int64_t most = 0;
  for (const ParameterInfo& info : list)
    if (update_rule(recipe, info) == UpdateRule::muon) most = std::max(most, muon_scratch(info));
  return most;
}

float gradient_scale(const Recipe& recipe, double gradient_norm) {
  // With clip_grad_norm_'s 1e-6.
  const double scale = recipe.grad_clip > 0 ? recipe.grad_clip / (gradient_norm + 1e-6) : 1.0;
  return static_cast<float>(std::min(scale, 1.0));
}

AdamWStep::AdamWStep(const Recipe& r, double lr, std::int64_t t, double gradient_norm)
    : beta1(static_cast<float>(r.beta1)),
      beta2(static_cast<float>(r.beta2)),
      step_size(static_cast<float>(lr / (1.0 - power(r.beta1, t)))),
      inverse_root(static_cast<float>(1.0 / std::sqrt(1.0 - power(r.beta2, t)))),
      decay(static_cast<float>(1.0 - lr * r.weight_decay)),
      gradient_scale(::clearformer::gradient_scale(r, gradient_norm)) {}

void adamw_update(const Context& context, const AdamWStep& s, bool decays, float* parameter,
                  float* m, float* v, const float* gradient, std::int64_t size) {
  const OpTimer timer(context.profile, __func__);
  const float decay = decays ? s.decay : 1.0f;
  const float one_minus_beta1 = 1.0f - s.beta1, one_minus_beta2 = 1.0f - s.beta2;
  constexpr float kEpsilon = static_cast<float>(kAdamEpsilon);
  for_each_lanes(context, size, [&](std::int64_t i, auto n) {
    const simd::f32x16 g = simd::load(gradient + i, n) * s.gradient_scale;
    const simd::f32x16 mean = simd::load(m + i, n) * s.beta1 + g * one_minus_beta1;
    const simd::f32x16 square = simd::load(v + i, n) * s.beta2 + g * g * one_minus_beta2;
    const simd::f32x16 root = simd::sqrt(square) * s.inverse_root + kEpsilon;
    const simd::f32x16 p = simd::load(parameter + i, n) * decay - s.step_size * mean / root;
    simd::store(m + i, mean, n);
    simd::store(v + i, square, n);
    simd::store(parameter + i, p, n);
  });
}

SgdStep::SgdStep(const Recipe& r, double lr, double gradient_norm)
    : momentum(static_cast<float>(r.momentum)),
      lr(static_cast<float>(lr)),
      decay(static_cast<float>(1.0 - lr * r.weight_decay)),
      gradient_scale(::clearformer::gradient_scale(r, gradient_norm)) {}

void sgd_update(const Context& context, const SgdStep& s, bool decays, float* parameter,
                float* momentum, const float* gradient, std::int64_t size) {
  const OpTimer timer(context.profile, __func__);
  const float decay = decays ? s.decay : 1.0f;
  for_each_lanes(context, size, [&](std::int64_t i, auto n) {
    const simd::f32x16 m =
        simd::load(momentum + i, n) * s.momentum + simd::load(gradient + i, n) * s.gradient_scale;
    simd::store(momentum + i, m, n);
    simd::store(parameter + i, simd::load(parameter + i, n) * decay - s.lr * m, n);
  });
}

void zero_gradient(const Context& context, float* gradient, std::int64_t size) {
  const OpTimer timer(context.profile, __func__);
  context.pool.parallel_for(0, size, 8 * kElementsPerTask,
                            [&](std::int64_t first, std::int64_t last, int) {
                              std::fill(gradient + first, gradient + last, 0.0f);
                            });
}

std::int64_t norm_partials(std::int64_t size) {
  return (size + kElementsPerTask - 1) / kElementsPerTask;
}

double gradient_norm(const Context& context, const float* gradient, double* partials,
                     std::int64_t size) {
  const OpTimer timer(context.profile, __func__);
  context.pool.parallel_for(
      0, size, kElementsPerTask, [&](std::int64_t first, std::int64_t last, int) {
        partials[first / kElementsPerTask] = dot(gradient + first, gradient + first, last - first);
      });
  double total = 0;
  for (std::int64_t i = 0; i < norm_partials(size); ++i) total += partials[i];
  return std::sqrt(total);
}

}  // namespace clearformer
