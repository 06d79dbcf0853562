#include "exchange/layout.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <string_view>
#include <utility>

#include "io/checkpoint.h"
#include "io/half.h"
#include "model/parameters.h"
#include "text/words.h"

namespace clearformer {
namespace {

constexpr const char* kTransformer = "transformer.";

std::string same_name(const std::string& own) {
  return own;
}
std::string in_transformer(const std::string& own) {
  return kTransformer + own;
}

// llama.cpp's names (gguf-py, constants.py), for what ours begin with.
constexpr std::pair<std::string_view, std::string_view> kGgufNames[] = {
    {"wte", "token_embd"}, {"wpe", "position_embd"},    {"ln_f", "output_norm"},
    {"ln_1", "attn_norm"}, {"attn.c_attn", "attn_qkv"}, {"attn.c_proj", "attn_output"},
    {"ln_2", "ffn_norm"},  {"mlp.c_fc", "ffn_up"},      {"mlp.c_proj", "ffn_down"},
};

std::string gguf_name(const std::string& own) {
  std::string_view rest = own;
  std::string name;
  if (rest.starts_with("h.")) {  // h.<layer>.
    const std::size_t end = rest.find('.', 2) + 1;
    name = "blk." + std::string(rest.substr(2, end - 2));
    rest.remove_prefix(end);
  }
  const auto* const at =
      std::find_if(std::begin(kGgufNames), std::end(kGgufNames),
                   [&](const auto& pair) { return rest.starts_with(pair.first); });
  CHECK(at != std::end(kGgufNames));
  return name + std::string(at->second) + std::string(rest.substr(at->first.size()));
}

bool is_linear(const ParameterInfo& info) {
  return !info.is_vector() && info.name.starts_with("h.");
}
bool is_bias(const ParameterInfo& info) {
  return info.name.ends_with(".bias");
}

// A parameter as the layout has it.
struct Place {
  std::string name;
  std::vector<std::int64_t> shape;
  bool transposed;  // it lies (cols, rows)
  bool absent;      // our model has it not
};

Place place_of(const Layout& layout, const ModelConfig& config, const ParameterInfo& info) {
  Place place{.name = layout.name(info.name),
              .shape = info.shape(),
              .transposed = layout.linear_out_in && is_linear(info),
              .absent = is_bias(info) && !config.bias};
  if (place.transposed) std::swap(place.shape[0], place.shape[1]);
  return place;
}

std::vector<ParameterInfo> parameters_of(const Layout& layout, ModelConfig config) {
  config.bias = config.bias || layout.all_biases;
  return parameter_list(config);
}

// (rows, cols) as (cols, rows).
std::vector<float> transposed(std::span<const float> values, std::int64_t rows, std::int64_t cols) {
  std::vector<float> out(values.size());
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < cols; ++c) out[c * rows + r] = values[r * cols + c];
  return out;
}

Error file_error(std::string message) {
  return {"file", "", std::move(message)};
}

bool is_float(DType dtype) {
  return dtype == DType::f32 || dtype == DType::f16 || dtype == DType::bf16;
}

// REQUIRES: is_float(tensor.dtype).
std::vector<float> floats_of(const NamedTensor& tensor) {
  std::vector<float> values(tensor.bytes.size() / dtype_size(tensor.dtype));
  if (tensor.dtype == DType::f32) {
    copy_values(tensor, std::span(values));
    return values;
  }
  const auto widen = tensor.dtype == DType::f16 ? float_from_half : float_from_bfloat16;
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, &tensor.bytes[2 * i], sizeof bits);
    values[i] = widen(bits);
  }
  return values;
}

// Attention masks, which are no parameters: GPT-2 files of old hold them.
bool is_mask(std::string_view name) {
  return name.ends_with(".attn.bias") || name.ends_with(".attn.masked_bias");
}

// Somebody else's tensors, by the layout's names.
class Collection {
 public:
  static Result<Collection> make(const Layout& layout, std::span<const NamedTensor> tensors) {
    Collection collection;
    for (const NamedTensor& tensor : tensors) {
      std::string_view name = tensor.name;
      constexpr std::string_view kCompiled = "_orig_mod.";  // by torch.compile
      if (name.starts_with(kCompiled)) name.remove_prefix(kCompiled.size());
      if (is_mask(name)) continue;
      std::string whole(name);
      if (name != kHead && !name.starts_with(layout.optional_prefix))
        whole = layout.optional_prefix + whole;
      if (!collection.tensors_.try_emplace(std::move(whole), &tensor).second)
        return file_error("The file has the tensor " + in_quotes(name) + " twice.");
    }
    return collection;
  }

  // The tensor's values, once. Error "file" where it is not there, or not as `place` says.
  Result<std::vector<float>> take(const Place& place) {
    const auto at = tensors_.find(place.name);
    const std::string expected = describe_type(DType::f32, place.shape) + ", or F16 or BF16";
    if (at == tensors_.end()) {
      return file_error("The file has no tensor " + in_quotes(place.name) +
                        "; one is needed that is " + expected + ".");
    }
    const NamedTensor& tensor = *at->second;
    if (!is_float(tensor.dtype) || tensor.shape != place.shape) {
      return file_error("The tensor " + in_quotes(tensor.name) + " is " +
                        describe_type(tensor.dtype, tensor.shape) + "; it must be " + expected +
                        ".");
    }
    std::vector<float> values = floats_of(tensor);
    const auto is_finite = [](float value) { return std::isfinite(value); };
    if (!std::all_of(values.begin(), values.end(), is_finite))
      return file_error("The tensor " + in_quotes(tensor.name) +
                        " has a value that is not finite.");
    tensors_.erase(at);
    return values;
  }

  // The head, if it is there: it must be `embedding` once more.
  Status take_head(const Place& place, std::span<const float> embedding) {
    if (!tensors_.contains(kHead)) return {};
    const Result<std::vector<float>> head =
        take({.name = kHead, .shape = place.shape, .transposed = false, .absent = false});
    if (!head.ok()) return head.error();
    if (std::equal(embedding.begin(), embedding.end(), head.value().begin())) return {};
    return file_error("The tensor " + in_quotes(kHead) + " differs from " + in_quotes(place.name) +
                      "; only a head that is tied to the embedding can be imported.");
  }

  Status check_empty() const {
    if (tensors_.empty()) return {};
    return file_error("The file has a tensor " + in_quotes(tensors_.begin()->second->name) +
                      ", which a model of these sizes does not have.");
  }

 private:
  std::map<std::string, const NamedTensor*> tensors_;
};

}  // namespace

const Layout kClearformerLayout{same_name, "", false, false};
const Layout kHuggingFaceLayout{in_transformer, kTransformer, false, true};
const Layout kNanoGptLayout{in_transformer, kTransformer, true, false};
const Layout kGgufLayout{gguf_name, "", true, true};

std::vector<LaidOutTensor> lay_out(const Layout& layout, const ModelConfig& config,
                                   std::span<const float> weights) {
  std::vector<LaidOutTensor> tensors;
  for (const ParameterInfo& info : parameters_of(layout, config)) {
    Place place = place_of(layout, config, info);
    const auto size = static_cast<std::size_t>(info.size());
    LaidOutTensor& tensor = tensors.emplace_back();
    tensor.name = std::move(place.name);
    tensor.shape = std::move(place.shape);
    if (place.absent) {
      tensor.values.resize(size);
      continue;
    }
    const std::span<const float> values = weights.first(size);
    weights = weights.subspan(size);
    if (place.transposed) {
      tensor.values = transposed(values, info.rows, info.cols);
    } else {
      tensor.values.assign(values.begin(), values.end());
    }
  }
  CHECK(weights.empty());
  return tensors;
}

Result<std::vector<float>> collect(const Layout& layout, const ModelConfig& config,
                                   std::span<const NamedTensor> tensors) {
  Result<Collection> made = Collection::make(layout, tensors);
  if (!made.ok()) return made.error();
  Collection& collection = made.value();
  std::vector<float> weights;
  for (const ParameterInfo& info : parameters_of(layout, config)) {
    const Place place = place_of(layout, config, info);
    Result<std::vector<float>> taken = collection.take(place);
    if (!taken.ok()) return taken.error();
    std::vector<float> values = std::move(taken.value());
    if (weights.empty() && config.tied_head) {  // the embedding comes first
      if (Status status = collection.take_head(place, values); !status.ok()) return status.error();
    }
    if (place.absent) {
      if (std::any_of(values.begin(), values.end(), [](float value) { return value != 0; }))
        return file_error("The tensor " + in_quotes(place.name) +
                          " is not zero, in a model that is said to have no biases.");
      continue;
    }
    if (place.transposed) values = transposed(values, info.cols, info.rows);
    weights.insert(weights.end(), values.begin(), values.end());
  }
  if (Status status = collection.check_empty(); !status.ok()) return status.error();
  return weights;
}

}  // namespace clearformer
