#include "exchange/import_model.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "exchange/foreign_config.h"
#include "exchange/layout.h"
#include "exchange/state_dict.h"
#include "exchange/tokenizer_json.h"
#include "io/checkpoint.h"
#include "io/json_leaves.h"
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

// All tensors of the files, and what they say of themselves.
Result<Safetensors> read_tensors(std::span<const std::span<const std::uint8_t>> files) {
  Safetensors all;
  for (const std::span<const std::uint8_t> bytes : files) {
    Result<Safetensors> file = read_safetensors(bytes);
    if (!file.ok()) return file.error();
    for (NamedTensor& tensor : file.value().tensors) all.tensors.push_back(std::move(tensor));
    all.metadata.merge(file.value().metadata);
  }
  return all;
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

// Of a GPT-2, nn.Linear's matrix to queries, keys and values has three times as many rows as
// columns.
const Layout& layout_of(const Safetensors& file, const Architecture& architecture) {
  const NamedTensor* const projection = find_ending(file, "h.0.attn.c_attn.weight");
  const bool linear =
      projection && projection->shape.size() == 2 && projection->shape[0] > projection->shape[1];
  return linear && architecture.is_gpt2() ? kNanoGptLayout : *architecture.hf;
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
        "Nothing says how this model is built: put its config.json beside it, with its sizes.");
  }
  Result<ForeignConfig> config = foreign.config
                                     ? read_foreign_config(*foreign.config, "config.json", base)
                                     : read_foreign_config(*args, "The metadata model_args", base);
  // LayerNorm has a bias where linear layers have.
  if (config.ok() && !recipe_json && !config.value().says_bias)
    config.value().recipe.bias =
        find_ending(file, "ln_f.bias") || find_ending(file, "model.norm.bias");
  return config;
}

Result<ForeignTokenizer> tokenizer_of(const ForeignModel& foreign, const Safetensors& file) {
  if (foreign.tokenizer) return read_tokenizer_json(*foreign.tokenizer);
  const std::string* const json = metadata_of(file, kTokenizerKey);
  if (!json) {
    return file_error(
        "Nothing says what this model's tokens are: put its tokenizer.json beside it.");
  }
  Result<Tokenizer> ours = Tokenizer::from_json(*json);
  if (!ours.ok()) return ours.error();
  std::vector<Token> same(static_cast<std::size_t>(ours.value().vocab_size()));
  std::iota(same.begin(), same.end(), 0);
  return ForeignTokenizer{std::move(ours.value()), std::move(same)};
}

// Puts the rows of a matrix in our order: ours of i is theirs of order[i].
void reorder_rows(std::span<float> matrix, std::span<const Token> order) {
  const std::vector<float> theirs(matrix.begin(), matrix.end());
  const std::size_t cols = matrix.size() / order.size();
  for (std::size_t row = 0; row < order.size(); ++row)
    std::copy_n(&theirs[static_cast<std::size_t>(order[row]) * cols], cols, &matrix[row * cols]);
}

// The embedding's rows, and the head's, are of tokens: the first matrix and the last.
void take_our_order(std::vector<float>& weights, const ModelConfig& config,
                    std::span<const Token> theirs) {
  if (std::is_sorted(theirs.begin(), theirs.end())) return;
  const std::size_t size = theirs.size() * static_cast<std::size_t>(config.n_embd);
  const std::span<float> all(weights);
  reorder_rows(all.first(size), theirs);
  if (!config.tied_head) reorder_rows(all.last(size), theirs);
}

Status read_shard_name(std::vector<std::string>& names, const JsonPath& path,
                       const JsonValue& value) {
  if (path.size() != 2 || path[0] != "weight_map") return {};
  const std::string& name = value.string;
  if (name.empty() || name.find_first_of("/\\") != std::string::npos)
    return file_error("model.safetensors.index.json names the file " + value.shown +
                      "; it must be one beside it.");
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  return {};
}

}  // namespace

Result<std::vector<std::string>> read_shard_names(std::string_view index) {
  std::vector<std::string> names;
  const Status read = read_json_leaves(index, "model.safetensors.index.json",
                                       [&](const JsonPath& path, const JsonValue& value) {
                                         return read_shard_name(names, path, value);
                                       });
  if (!read.ok()) return read.error();
  if (names.empty()) return file_error("model.safetensors.index.json has no weight_map.");
  std::sort(names.begin(), names.end());
  return names;
}

Result<PortableModel> import_model(const ForeignModel& foreign) {
  const Result<Safetensors> read = read_tensors(foreign.tensors);
  if (!read.ok()) return read.error();
  const Safetensors& file = read.value();
  if (is_checkpoint(file) && foreign.tensors.size() == 1) {
    Result<PortableModel> own = read_portable_model(foreign.tensors[0]);
    if (own.ok()) own.value().step = 0;
    return own;
  }

  const Result<ForeignConfig> config = config_of(foreign, file);
  if (!config.ok()) return config.error();
  Result<ForeignTokenizer> read_tokenizer = tokenizer_of(foreign, file);
  if (!read_tokenizer.ok()) return read_tokenizer.error();
  auto& [tokenizer, theirs] = read_tokenizer.value();
  if (const int tokens = tokenizer.vocab_size(); tokens != config.value().vocab_size) {
    return file_error("The model has " + counted(config.value().vocab_size, "token") +
                      ", its tokenizer " + with_commas(tokens) + "; they must be as many.");
  }
  RunHeader header{config.value().recipe, std::move(tokenizer)};
  if (!header.tokenizer.is_named(header.recipe.tokenizer))
    header.recipe.tokenizer = header.tokenizer.name();
  if (Status status = validate_recipe(header.recipe); !status.ok()) return in_file(status.error());
  Result<std::vector<float>> weights =
      collect(layout_of(file, *config.value().architecture), header.config(), file.tensors);
  if (!weights.ok()) return weights.error();
  take_our_order(weights.value(), header.config(), theirs);
  return PortableModel{.header = std::move(header), .weights = std::move(weights.value())};
}

}  // namespace clearformer
