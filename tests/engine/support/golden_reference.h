#pragma once

#include <vector>

#include "reference/adamw.h"
#include "reference/model.h"
#include "reference/muon.h"
#include "reference/schedule.h"
#include "reference/sgd.h"
#include "tests/engine/support/golden.h"
#include "tests/engine/support/reference_check.h"

// The golden cases as the reference computes them. Its values stand within double's rounding of
// PyTorch's (tests/engine/reference/golden_test.cpp); its scatter is what another implementation,
// e.g. the fast model in float, may be off by.
namespace clearformer::test {

struct ExpectedPass {
  Expected loss, logits, gradients;
};

inline ExpectedPass expected_pass(const GoldenCase& golden) {
  auto results = from_reference([&]<class Number>(Tensors<Number>& out) {
    const auto weights = converted<Number>(golden.weights);
    const reference::Batch batch{golden.batches[0].tokens.data(), golden.batches[0].targets.data(),
                                 golden.B, golden.T};
    reference::Activations<Number> a, da;
    std::vector<Number> gradients(weights.size(), 0.0);
    reference::forward(a, golden.config, weights.data(), batch);
    reference::backward(gradients.data(), da, golden.config, weights.data(), batch, a);
    out = {{a.loss}, a.logits, gradients};
  });
  return {results[0], results[1], results[2]};
}

struct ExpectedTraining {
  Expected losses, grad_norms, weights;
};

// The scatter is that of the whole course: what a step's rounding does to all later ones is in it.
inline ExpectedTraining expected_training(const GoldenCase& golden,
                                          const GoldenTraining& training) {
  const reference::Schedule schedule{training.lr, training.min_lr, training.warmup_steps,
                                     training.steps};
  const reference::AdamW adamw{training.beta1, training.beta2, training.weight_decay};
  auto results = from_reference([&]<class Number>(Tensors<Number>& out) {
    auto weights = converted<Number>(golden.weights);
    const auto n = static_cast<reference::Index>(weights.size());
    std::vector<Number> losses, norms;
    reference::Activations<Number> a, da;
    reference::MuonState<Number> state;
    for (int it = 0; it < training.steps; ++it) {
      const GoldenBatch& batch = golden.batches[it];
      const reference::Batch view{batch.tokens.data(), batch.targets.data(), golden.B, golden.T};
      std::vector<Number> gradients(n, 0.0);
      reference::forward(a, golden.config, weights.data(), view);
      reference::backward(gradients.data(), da, golden.config, weights.data(), view, a);
      losses.push_back(a.loss);
      norms.push_back(reference::clip_gradients(gradients.data(), training.grad_clip, n));
      const double lr = reference::learning_rate(schedule, it);
      if (training.optimizer == "sgd") {
        reference::sgd_step(weights.data(), state.momentum, gradients.data(), lr,
                            {training.momentum, training.weight_decay}, golden.config);
      } else if (training.optimizer == "muon") {
        reference::muon_step(weights.data(), state, gradients.data(), lr,
                             {training.momentum, adamw}, golden.config);
      } else {
        reference::adamw_step(weights.data(), state.adamw, gradients.data(), lr, adamw,
                              golden.config);
      }
    }
    out = {losses, norms, weights};
  });
  return {results[0], results[1], results[2]};
}

}  // namespace clearformer::test
