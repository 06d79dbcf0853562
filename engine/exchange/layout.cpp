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

bool is_linear(const ParameterInfo& info) {
  return !info.is_vector() && info.name.starts_with("h.");
}
bool is_bias(const ParameterInfo& info) {
  return info.name.ends_with(".bias");
}

// A parameter, or some of its columns, as the layout has it: theirs at (r, c) is ours at
// (r, first + own_column(c)).
struct Place {
  std::string name;
  std::int64_t rows, cols;  // of ours, `cols` of them
  std::int64_t first = 0;
  std::int64_t head_size = 0;  // of heads whose pairs adjoin; 0: columns lie as ours
  bool vector = false;
  bool transposed = false;  // it lies (cols, rows)
  bool absent = false;      // our model has it not

  std::vector<std::int64_t> shape() const {
    if (vector) return {cols};
    return transposed ? std::vector{cols, rows} : std::vector{rows, cols};
  }
  std::size_t size() const { return static_cast<std::size_t>(rows * cols); }
  std::int64_t own_column(std::int64_t c) const {
    if (head_size == 0) return c;
    const std::int64_t head = c / head_size * head_size, i = c % head_size;
    return head + i % 2 * (head_size / 2) + i / 2;
  }
};

// Calls copy(theirs, ours) with the index of each number in the place's tensor and in the
// parameter's, which has `own_cols` columns.
template <class Copy>
void for_each_number(const Place& place, std::int64_t own_cols, Copy&& copy) {
  for (std::int64_t r = 0; r < place.rows; ++r)
    for (std::int64_t c = 0; c < place.cols; ++c)
      copy(place.transposed ? c * place.rows + r : r * place.cols + c,
           r * own_cols + place.first + place.own_column(c));
}

const TensorNames* find_names(std::span<const TensorNames> names, std::string_view own) {
  const auto at = std::find_if(names.begin(), names.end(), [&](const TensorNames& entry) {
    return own.starts_with(entry.own) && own.substr(entry.own.size()).starts_with(".");
  });
  return at == names.end() ? nullptr : &*at;
}

// How many columns the parts of a matrix have, whose names are so many.
std::vector<std::int64_t> part_widths(const ModelConfig& config, std::int64_t cols,
                                      std::size_t n_parts) {
  const std::int64_t kv = std::int64_t{config.kv_heads()} * config.head_size();
  if (n_parts == 3) return {config.n_embd, kv, kv};
  if (n_parts == 2) return {config.n_inner(), config.n_inner()};
  return {cols};
}

// Where the layout has a parameter: in one tensor or several.
std::vector<Place> places_of(const Layout& layout, const ModelConfig& config,
                             const ParameterInfo& info) {
  std::string_view rest = info.name;
  std::string block;
  if (rest.starts_with("h.")) {  // h.<layer>.
    const std::size_t end = rest.find('.', 2) + 1;
    block = std::string(layout.block) + std::string(rest.substr(2, end - 2));
    rest.remove_prefix(end);
  }
  const TensorNames* names = find_names(layout.special, rest);
  if (!names) names = find_names(layout.names, rest);
  std::vector<std::string_view> theirs = {rest.substr(0, rest.rfind('.'))};
  if (names) theirs.assign(names->theirs.begin(), names->theirs.end());
  std::erase(theirs, "");
  if (theirs.size() == 2 && !is_gated(config.activation)) theirs.erase(theirs.begin());

  const std::vector<std::int64_t> widths = part_widths(config, info.cols, theirs.size());
  std::vector<Place> places;
  std::int64_t first = 0;
  for (std::size_t i = 0; i < theirs.size(); ++i) {
    const bool turned = theirs.size() == 3 && i < 2 && config.position == Position::rotary;
    places.push_back(
        {.name = block + std::string(theirs[i]) + std::string(rest.substr(rest.rfind('.'))),
         .rows = info.rows,
         .cols = widths[i],
         .first = first,
         .head_size = layout.pairs_adjoin && turned ? config.head_size() : 0,
         .vector = info.is_vector(),
         .transposed = layout.linear_out_in && is_linear(info),
         .absent = is_bias(info) && !config.bias});
    first += widths[i];
  }
  return places;
}

std::vector<ParameterInfo> parameters_of(const Layout& layout, ModelConfig config) {
  config.bias = config.bias || layout.all_biases;
  return parameter_list(config);
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

// Masks and angles, which are no parameters: files of old hold them.
bool is_constant(std::string_view name) {
  return name.ends_with(".attn.bias") || name.ends_with(".attn.masked_bias") ||
         name.ends_with(".rotary_emb.inv_freq");
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
      if (is_constant(name)) continue;
      std::string whole(name);
      if (name != kHead && !name.starts_with(layout.optional_prefix))
        whole = std::string(layout.optional_prefix) + whole;
      if (!collection.tensors_.try_emplace(std::move(whole), &tensor).second)
        return file_error("The file has the tensor " + in_quotes(name) + " twice.");
    }
    return collection;
  }

  // The tensor's values, once. Error "file" where it is not there, or not as `place` says.
  Result<std::vector<float>> take(const Place& place) {
    const auto at = tensors_.find(place.name);
    const std::string expected = describe_type(DType::f32, place.shape()) + ", or F16 or BF16";
    if (at == tensors_.end()) {
      return file_error("The file has no tensor " + in_quotes(place.name) +
                        "; one is needed that is " + expected + ".");
    }
    const NamedTensor& tensor = *at->second;
    if (!is_float(tensor.dtype) || tensor.shape != place.shape()) {
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
        take({.name = kHead, .rows = place.rows, .cols = place.cols});
    if (!head.ok()) return head.error();
    if (std::equal(embedding.begin(), embedding.end(), head.value().begin())) return {};
    return file_error("The tensor " + in_quotes(kHead) + " differs from " + in_quotes(place.name) +
                      ", to which the model is said to be tied.");
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

std::vector<LaidOutTensor> lay_out(const Layout& layout, const ModelConfig& config,
                                   std::span<const float> weights) {
  std::vector<LaidOutTensor> tensors;
  for (const ParameterInfo& info : parameters_of(layout, config)) {
    bool absent = false;
    for (const Place& place : places_of(layout, config, info)) {
      LaidOutTensor& tensor =
          tensors.emplace_back(place.name, place.shape(), std::vector<float>(place.size()));
      absent = place.absent;
      if (absent) continue;
      for_each_number(place, info.cols, [&](std::int64_t theirs, std::int64_t ours) {
        tensor.values[theirs] = weights[ours];
      });
    }
    if (!absent) weights = weights.subspan(static_cast<std::size_t>(info.size()));
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
    const std::size_t begin = weights.size();
    for (const Place& place : places_of(layout, config, info)) {
      const Result<std::vector<float>> taken = collection.take(place);
      if (!taken.ok()) return taken.error();
      const std::vector<float>& values = taken.value();
      if (weights.empty() && config.tied_head) {  // the embedding comes first
        if (Status status = collection.take_head(place, values); !status.ok())
          return status.error();
      }
      if (place.absent) {
        if (std::any_of(values.begin(), values.end(), [](float value) { return value != 0; }))
          return file_error("The tensor " + in_quotes(place.name) +
                            " is not zero, in a model that is said to have no biases.");
        continue;
      }
      weights.resize(begin + static_cast<std::size_t>(info.size()));
      for_each_number(place, info.cols, [&](std::int64_t theirs, std::int64_t ours) {
        weights[begin + ours] = values[theirs];
      });
    }
  }
  if (Status status = collection.check_empty(); !status.ok()) return status.error();
  return weights;
}

}  // namespace clearformer
