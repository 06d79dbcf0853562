#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/token.h"
#include "text/tokenizer.h"
#include "train/run_header.h"

namespace clearformer {

// A model on its way in or out: what of a run another program can use.
struct PortableModel {
  RunHeader header;            // its sizes, its tokenizer, and how it was or is to be trained
  std::vector<float> weights;  // all parameters, in the walk's order

  // What is told of it, where it comes from a run.
  std::int64_t step = 0;
  std::optional<float> train_loss = {}, val_loss = {};  // of the last evaluation
  // The token that its text has least often. Some formats must name a token that ends a text, which
  // a model of ours has not.
  Token rarest = 0;
};

// The model in a run's file. Error "file".
Result<PortableModel> read_portable_model(std::span<const std::uint8_t> run);

// A run's file that begins with this model, at step 0 and of class strict; without a text it cannot
// be trained yet.
std::vector<std::uint8_t> write_portable_model(const PortableModel& model,
                                               std::span<const std::uint8_t> text = {});

}  // namespace clearformer
