#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "exchange/portable_model.h"

namespace clearformer {

// Somebody else's model, as the files hold it.
struct ForeignModel {
  std::span<const std::uint8_t> tensors;           // model.safetensors
  std::optional<std::string_view> config = {};     // config.json
  std::optional<std::string_view> tokenizer = {};  // tokenizer.json
};

// Reads a GPT-2: of transformers or of nanoGPT, which the shapes tell, or a run of our own, whose
// weights, recipe and tokenizer alone are taken. Sizes and tokenizer come from the two JSON files,
// or else from what our own exports say in the tensors' metadata. The recipe is the one that it
// says, or the defaults with its sizes. Error "file" says what is missing, or cannot be had here.
Result<PortableModel> import_model(const ForeignModel& foreign);

}  // namespace clearformer
