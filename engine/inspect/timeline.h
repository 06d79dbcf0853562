#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "train/memory.h"

namespace clearformer {

// One op of a step, in the order in which they run.
struct Moment {
  enum class Phase { forward, backward, update };

  Phase phase;
  std::string op;          // the function's name, as a profile has it
  std::string what;        // what of the model it works for, e.g. "h.0.attn.c_attn"
  std::int64_t alive = 0;  // bytes whose content is needed then
};
const char* phase_name(Moment::Phase phase);

// When the content of a planned buffer is needed.
struct Span {
  Buffer buffer;
  std::vector<std::pair<int, int>> alive;  // moments, the last one included
};

// What is alive over the course of one training step: of the passages that go through the model
// together, and of the update after the last of them.
struct Timeline {
  std::vector<Moment> moments;
  std::vector<Span> spans;    // every buffer of a step, in the plan's order
  int passes = 0;             // groups of passages that a step has; the last one is told of
  std::int64_t reserved = 0;  // bytes of all buffers: what the plan takes, once
  std::int64_t peak = 0;      // the most that is alive at once
  std::int64_t tape = 0;  // bytes of activations and gradients, were everything kept: tape_bytes
};

Timeline plan_timeline(const Recipe& recipe, const ModelConfig& config, int n_threads);

}  // namespace clearformer
