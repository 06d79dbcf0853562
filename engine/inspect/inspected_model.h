#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/parameters.h"
#include "train/run_header.h"

namespace clearformer {

// A run's model to be looked at: a copy, so that nothing that is done with it reaches the run.
struct InspectedModel {
  RunHeader header;            // its sizes, its tokenizer, and how it is trained
  std::int64_t step = 0;       // optimizer steps done
  std::vector<float> weights;  // all parameters, in the walk's order
  std::string text;            // the beginning of what it learns, kMostText bytes at most

  static constexpr std::size_t kMostText = 1 << 16;
};

// The model in a run's file, or one that came without its run (train/compact_model.h); of the rest
// nothing is kept. Error "file".
Result<InspectedModel> read_inspected_model(std::span<const std::uint8_t> run);

}  // namespace clearformer
