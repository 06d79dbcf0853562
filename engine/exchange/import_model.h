#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/portable_model.h"

namespace clearformer {

// Somebody else's model, as the files hold it.
struct ForeignModel {
  // model.safetensors, or the files that it is cut into, in any order.
  std::vector<std::span<const std::uint8_t>> tensors;
  std::optional<std::string_view> config = {};     // config.json
  std::optional<std::string_view> tokenizer = {};  // tokenizer.json
};

// The names of the files that a model.safetensors.index.json has tensors in, in order, all of them
// in its folder. Error "file".
Result<std::vector<std::string>> read_shard_names(std::string_view index);

// Reads a model of an architecture that ours can have: of transformers or of nanoGPT, which the
// shapes tell, or a run of our own, whose weights, recipe and tokenizer alone are taken. Sizes and
// tokenizer come from the two JSON files, or else from what our own exports say in the tensors'
// metadata. The recipe is the one that it says, or the defaults with its sizes. Tokens get our
// numbers: the rows of embedding and head are put in our order. Error "file" says what is missing,
// or cannot be had here.
Result<PortableModel> import_model(const ForeignModel& foreign);

}  // namespace clearformer
