#include "exchange/import_model.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "exchange/foreign_config.h"
#include "exchange/layout.h"
#include "exchange/state_dict.h"
#include "exchange/tokenizer_json.h"
#include "io/checkpoint.h"
#include "io/safetensors.h"
#include "text/words.h"

namespace clearformer {
namespace {

Error file_error(std::string message) {
  return {"file", "", std::move(message)};
}
Error in_file(const Error& error) {
  return file_error(error.message);
}

const std::string* metadata_of(const Safetensors& file, const char* key) {
  const auto at = file.metadata.find(key);
  return at == file.metadata.end() ? nullptr : &at->second;
}

const NamedTensor* find_ending(const Safetensors& file, std::string_view ending) {
  const auto at =
      std::find_if(file.tensors.begin(), file.tensors.end(),
                   [&](const NamedTensor& tensor) { return tensor.name.ends_with(ending); });
  return at == file.tensors.end() ? nullptr : &*at;
}

// nn.Linear's matrix to queries, keys and values has three times as many rows as columns.
const Layout& layout_of(const Safetensors& file) {
  const NamedTensor* const projection = find_ending(file, "h.0.attn.c_attn.weight");
  const bool linear =
      projection && projection->shape.size() == 2 && projection->shape[0] > projection->shape[1];
  return linear ? kNanoGptLayout : kHuggingFaceLayout;
}

// The sizes, over the recipe that an export of ours holds.
Result<ForeignConfig> config_of(const ForeignModel& foreign, const Safetensors& file) {
  Recipe base;
  const std::string* const recipe_json = metadata_of(file, kRecipeKey);
  if (recipe_json) {
    const Result<Recipe> recipe = recipe_from_json(*recipe_json);
    if (!recipe.ok()) return in_file(recipe.error());
    base = recipe.value();
  }
  const std::string* const args = metadata_of(file, kModelArgsKey);
  if (!foreign.config && !args) {
    return file_error(
        "Nothing says how this model is built: put its config.json beside it, with n_layer, "
        "n_head, n_embd, n_positions and vocab_size.");
  }
  Result<ForeignConfig> config = foreign.config
                                     ? read_foreign_config(*foreign.config, "config.json", base)
                                     : read_foreign_config(*args, "The metadata model_args", base);
  if (config.ok() && !recipe_json && !config.value().says_bias)
    config.value().recipe.bias = find_ending(file, "ln_f.bias") != nullptr;
  return config;
}

Result<Tokenizer> tokenizer_of(const ForeignModel& foreign, const Safetensors& file) {
  if (foreign.tokenizer) return read_tokenizer_json(*foreign.tokenizer);
  if (const std::string* const json = metadata_of(file, kTokenizerKey))
    return Tokenizer::from_json(*json);
  return file_error("Nothing says what this model's tokens are: put its tokenizer.json beside it.");
}

}  // namespace

Result<PortableModel> import_model(const ForeignModel& foreign) {
  Result<Safetensors> read = read_safetensors(foreign.tensors);
  if (!read.ok()) return read.error();
  const Safetensors& file = read.value();
  if (is_checkpoint(file)) {
    Result<PortableModel> own = read_portable_model(foreign.tensors);
    if (own.ok()) own.value().step = 0;
    return own;
  }

  const Result<ForeignConfig> config = config_of(foreign, file);
  if (!config.ok()) return config.error();
  Result<Tokenizer> tokenizer = tokenizer_of(foreign, file);
  if (!tokenizer.ok()) return tokenizer.error();
  if (const int tokens = tokenizer.value().vocab_size(); tokens != config.value().vocab_size) {
    return file_error("The model has " + counted(config.value().vocab_size, "token") +
                      ", its tokenizer " + with_commas(tokens) + "; they must be as many.");
  }
  RunHeader header{config.value().recipe, std::move(tokenizer.value())};
  header.recipe.tokenizer = header.tokenizer.kind();
  if (Status status = validate_recipe(header.recipe); !status.ok()) return in_file(status.error());
  Result<std::vector<float>> weights = collect(layout_of(file), header.config(), file.tensors);
  if (!weights.ok()) return weights.error();
  return PortableModel{.header = std::move(header), .weights = std::move(weights.value())};
}

}  // namespace clearformer
