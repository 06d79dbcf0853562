#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "exchange/layout.h"
#include "exchange/portable_model.h"

namespace clearformer {

// What our state dicts' metadata say of a model, besides the format's own "format".
inline constexpr const char* kRecipeKey = "recipe";         // recipe_to_json
inline constexpr const char* kTokenizerKey = "tokenizer";   // Tokenizer::to_json
inline constexpr const char* kModelArgsKey = "model_args";  // nanoGPT's, as JSON

// A model's tensors as a safetensors file with these metadata; `with_head` writes the embedding
// once more as kHead.
std::vector<std::uint8_t> write_state_dict(const Layout& layout, const PortableModel& model,
                                           std::map<std::string, std::string> metadata,
                                           bool with_head = false);

}  // namespace clearformer
