#pragma once

#include <vector>

#include "model/config.h"
#include "model/parameters.h"
#include "reference/number.h"

namespace clearformer::reference {

struct Sgd {
  double momentum = 0.95;
  double weight_decay = 0.1;  // of matrices only
};

// One step of all: PyTorch's SGD with momentum, without dampening and without Nesterov's look
// ahead; the decay is decoupled from the gradient, as in AdamW.
template <class Number>
void sgd_step(Number* parameters,             // (parameter_count(config))
              std::vector<Number>& momentum,  // (parameter_count(config)); empty at first
              const Number* gradients,        // (parameter_count(config))
              double lr, const Sgd& settings, const ModelConfig& config) {
  momentum.resize(parameter_count(config), 0.0);
  Index i = 0;
  for (const ParameterInfo& info : parameter_list(config)) {
    const double decay = info.decay ? settings.weight_decay : 0.0;
    for (const Index end = i + info.size(); i < end; ++i) {
      momentum[i] = settings.momentum * momentum[i] + gradients[i];
      parameters[i] -= lr * decay * parameters[i];
      parameters[i] -= lr * momentum[i];
    }
  }
}

}  // namespace clearformer::reference
