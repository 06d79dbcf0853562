#pragma once

#include <vector>

#include "model/config.h"
#include "model/parameters.h"
#include "reference/number.h"

namespace clearformer::reference {

struct AdamW {
  double beta1 = 0.9;
  double beta2 = 0.99;
  double weight_decay = 0.1;  // of matrices only
  double epsilon = 1e-8;
};

template <class Number>
struct AdamWState {
  std::vector<Number> m;  // (parameter_count), running average of the gradient; empty at first
  std::vector<Number> v;  // (parameter_count), running average of its square; empty at first
  Index step = 0;         // steps taken
};

// One step of one parameter, with bias correction and with the decay decoupled from the gradient.
// Loshchilov, Hutter, "Decoupled Weight Decay Regularization" (2019).
template <class Number>
void adamw_update(Number* parameter,       // (N)
                  Number* m,               // (N)
                  Number* v,               // (N)
                  const Number* gradient,  // (N)
                  double lr, const AdamW& settings, bool decays, Index step, Index N) {
  const double beta1 = settings.beta1, beta2 = settings.beta2;
  const double decay = decays ? settings.weight_decay : 0.0;
  const double correction1 = 1.0 - std::pow(beta1, static_cast<double>(step));
  const double correction2 = 1.0 - std::pow(beta2, static_cast<double>(step));
  for (Index i = 0; i < N; ++i) {
    m[i] = beta1 * m[i] + (1.0 - beta1) * gradient[i];
    v[i] = beta2 * v[i] + (1.0 - beta2) * gradient[i] * gradient[i];
    const Number mhat = m[i] / correction1;
    const Number vhat = v[i] / correction2;
    parameter[i] -= lr * decay * parameter[i];
    parameter[i] -= lr * mhat / (sqrt(vhat) + settings.epsilon);
  }
}

// One step of all.
template <class Number>
void adamw_step(Number* parameters,  // (parameter_count(config))
                AdamWState<Number>& state,
                const Number* gradients,  // (parameter_count(config))
                double lr, const AdamW& settings, const ModelConfig& config) {
  state.m.resize(parameter_count(config), 0.0);
  state.v.resize(parameter_count(config), 0.0);
  state.step += 1;
  Index i = 0;
  for (const ParameterInfo& info : parameter_list(config)) {
    adamw_update(parameters + i, &state.m[i], &state.v[i], gradients + i, lr, settings, info.decay,
                 state.step, info.size());
    i += info.size();
  }
}

// Scales all gradients by max_norm / (norm + 1e-6) where that is less than 1, norm being the
// Euclidean norm of all of them together; the 1e-6 is torch.nn.utils.clip_grad_norm_'s. A max_norm
// of 0 is no limit. Returns the norm before.
template <class Number>
Number clip_gradients(Number* gradients,  // (N)
                      double max_norm, Index N) {
  Number squares = 0;
  for (Index n = 0; n < N; ++n) squares += gradients[n] * gradients[n];
  const Number norm = sqrt(squares);

  const Number scale = max_norm / (norm + 1e-6);
  if (max_norm > 0.0 && real(scale) < 1.0) {
    for (Index n = 0; n < N; ++n) gradients[n] *= scale;
  }
  return norm;
}

}  // namespace clearformer::reference
