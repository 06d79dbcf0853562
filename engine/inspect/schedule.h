#pragma once

#include <string>
#include <vector>

#include "inspect/timeline.h"

namespace clearformer {

// An op with the buffers that it needs and those that it fills, by their names in the plan. What
// both needs and fills keeps what it had; what only fills begins anew.
struct ScheduledOp {
  Moment::Phase phase;
  std::string op, what;
  std::vector<std::string> reads, writes;
};

// The ops of one pass and of the update: model/transformer.cpp and the optimizer in words. A test
// holds the list against a profile of the engine.
std::vector<ScheduledOp> schedule_step(const Recipe& recipe, const ModelConfig& config);

}  // namespace clearformer
