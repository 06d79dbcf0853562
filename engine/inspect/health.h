#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "train/trainer.h"

namespace clearformer {

// A tensor's Euclidean norms at a step: of the weights before it, of their gradient before
// clipping, and of what the optimizer adds to them, decay included.
struct TensorHealth {
  std::string name;
  std::int64_t size;
  double weight, gradient, update;

  // How far the step moves it, as a share of what it is; not finite where it is nothing.
  double ratio() const { return update / weight; }
};

// How spread a head's attention is, over all queries that see two positions or more; NaN where
// there are none.
struct HeadHealth {
  int layer, head;
  double entropy;   // nats, -sum p ln p, the mean of the queries
  double fraction;  // the mean of each query's share of the most that it can have, ln(positions)
};

// The hidden units of a layer's MLP. Dead is one that is silent at every token: nothing depends on
// it, and under relu2 no gradient reaches it.
//
// Silent is, under relu2, exactly 0. A smooth activation is never quite that: there a unit is dead
// when its largest output is at most 2^-24 of the layer's largest, float's unit roundoff, so that
// beside that one it is lost in rounding.
struct MlpHealth {
  int layer;
  std::int64_t units, dead;
  double zeros;  // share of all outputs that are exactly 0
};

// A run's health at the step that it would take next.
struct Health {
  std::int64_t step = 0;             // steps done, this one not included
  double loss = 0, lr = 0;           // NaN as all updates where the step cannot be taken
  double grad_norm = 0, scale = 0;   // of all that is trained; what clipping makes of it
  std::int64_t passages = 0, T = 0;  // attention and units are of these, with nothing dropped
  std::vector<TensorHealth> tensors = {};
  std::vector<HeadHealth> heads = {};  // (n_layer, n_head)
  std::vector<MlpHealth> mlps = {};    // (n_layer)
  std::string problem = {};            // why the step cannot be taken; empty where it can

  // So many tokens of a passage, and of all passages, are looked at with.
  static constexpr std::int64_t kMostTogether = 256, kMostTokens = 4096;
};

// Takes the step, with the very batch that the run would. Give it a copy (inspect/run_copy.h).
// Errors: "state" where the run has no text, "memory".
Result<Health> examine(Trainer& copy, ThreadPool& pool);

// One object. What is not finite is null.
std::string health_to_json(const Health& health);

}  // namespace clearformer
