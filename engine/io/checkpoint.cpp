#include "io/checkpoint.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "io/checksum.h"
#include "text/words.h"

namespace clearformer {
namespace {

using Metadata = std::map<std::string, std::string>;

// What the metadata says. The value of kVersionKey is the version of this format.
constexpr const char* kVersionKey = "clearformer";
constexpr const char* kVersion = "1";
constexpr const char* kRecipeKey = "recipe";
constexpr const char* kTokenizerKey = "tokenizer";
constexpr const char* kStepKey = "step";
constexpr const char* kArithmeticKey = "arithmetic";
constexpr const char* kFromModelKey = "from_model";  // there, as "true", or left out
constexpr const char* kChecksumKey = "checksum";

constexpr const char* kTextName = "text";

Error file_error(std::string message) {
  return {"file", "", std::move(message)};
}

// All metadata but the checksum.
Metadata describe(const Checkpoint& checkpoint) {
  Metadata metadata = {{kVersionKey, kVersion},
                       {kRecipeKey, checkpoint.recipe_json},
                       {kTokenizerKey, checkpoint.tokenizer_json},
                       {kStepKey, std::to_string(checkpoint.step)},
                       {kArithmeticKey, checkpoint.arithmetic}};
  if (checkpoint.from_model) metadata[kFromModelKey] = "true";
  return metadata;
}

std::vector<NamedTensor> all_tensors(const Checkpoint& checkpoint) {
  std::vector<NamedTensor> tensors = checkpoint.tensors;
  const auto size = static_cast<std::int64_t>(checkpoint.text.size());
  tensors.push_back(make_tensor(kTextName, {size}, checkpoint.text));
  return tensors;
}

// Over all that the file says, not over how its header is written. A length before each part keeps
// what is moved from one part to the next from going unseen.
std::string checksum_of(const Metadata& description, std::span<const NamedTensor> tensors) {
  Checksum sum;
  for (const auto& [key, value] : description) {
    sum.add_string(key);
    sum.add_string(value);
  }
  for (const NamedTensor& tensor : tensors) {
    sum.add_string(tensor.name);
    sum.add_string(dtype_name(tensor.dtype));
    sum.add_number(tensor.shape.size());
    for (const std::int64_t size : tensor.shape) sum.add_number(static_cast<std::uint64_t>(size));
    sum.add_bytes(tensor.bytes);
  }
  return sum.hex();
}

// A whole number as std::to_string writes it.
std::optional<std::int64_t> parse_step(const std::string& text) {
  std::int64_t step = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), step);
  if (read.ec != std::errc() || step < 0 || std::to_string(step) != text) return std::nullopt;
  return step;
}

bool matches(const NamedTensor& tensor, const ExpectedTensor& expected) {
  const auto same = [](std::int64_t given, std::int64_t wanted) {
    return wanted == kAnySize || given == wanted;
  };
  return tensor.dtype == expected.dtype &&
         std::equal(tensor.shape.begin(), tensor.shape.end(), expected.shape.begin(),
                    expected.shape.end(), same);
}

// Whether the metadata has all entries of a checkpoint of this version, and no others.
Status check_metadata(const Metadata& metadata) {
  const auto version = metadata.find(kVersionKey);
  if (version == metadata.end()) {
    return file_error(
        "This is a safetensors file, but not one of Clearformer's: its metadata has no entry "
        "\"clearformer\". Open a file that Clearformer has saved.");
  }
  if (version->second != kVersion) {
    return file_error("This checkpoint is of format version " + in_quotes(version->second) +
                      "; this build reads version " + kVersion + ".");
  }
  Metadata wanted = describe({});
  wanted[kChecksumKey] = "";
  for (const auto& [key, unused] : wanted) {
    if (!metadata.contains(key)) {
      return file_error("The checkpoint's metadata has no entry " + in_quotes(key) + ".");
    }
  }
  for (const auto& [key, unused] : metadata) {
    if (!wanted.contains(key) && key != kFromModelKey) {
      return file_error("The checkpoint's metadata has an unknown entry " + in_quotes(key) + ".");
    }
  }
  return {};
}

}  // namespace

std::string describe_type(DType dtype, std::span<const std::int64_t> shape) {
  std::string words = std::string(dtype_name(dtype)) + " [";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    words += (i > 0 ? ", " : "") + (shape[i] == kAnySize ? "any" : std::to_string(shape[i]));
  }
  return words + "]";
}

const NamedTensor* Checkpoint::find(std::string_view name) const {
  const auto at = std::find_if(tensors.begin(), tensors.end(),
                               [&](const NamedTensor& tensor) { return tensor.name == name; });
  return at == tensors.end() ? nullptr : &*at;
}

std::vector<std::uint8_t> serialize_checkpoint(const Checkpoint& checkpoint) {
  Metadata metadata = describe(checkpoint);
  const std::vector<NamedTensor> tensors = all_tensors(checkpoint);
  metadata[kChecksumKey] = checksum_of(describe(checkpoint), tensors);
  return write_safetensors(tensors, metadata);
}

bool is_checkpoint(const Safetensors& file) {
  return file.metadata.contains(kVersionKey);
}

Result<Checkpoint> parse_checkpoint(std::span<const std::uint8_t> bytes) {
  Result<Safetensors> file = read_safetensors(bytes);
  if (!file.ok()) return file.error();
  Metadata& metadata = file.value().metadata;
  std::vector<NamedTensor>& tensors = file.value().tensors;
  if (const Status known = check_metadata(metadata); !known.ok()) return known.error();

  const ExpectedTensor text{kTextName, DType::u8, {kAnySize}};
  if (tensors.empty() || tensors.back().name != text.name || !matches(tensors.back(), text)) {
    return file_error("The checkpoint's last tensor is not its text, a list of bytes.");
  }

  const std::string given_sum = metadata[kChecksumKey];
  metadata.erase(kChecksumKey);
  if (checksum_of(metadata, tensors) != given_sum) {
    return file_error(
        "This checkpoint was changed after it was saved: its checksum does not fit. Use another "
        "copy.");
  }

  const std::optional<std::int64_t> step = parse_step(metadata[kStepKey]);
  if (!step) {
    return file_error("The checkpoint's step is " + in_quotes(metadata[kStepKey]) +
                      "; it must be a whole number from 0.");
  }
  const std::string& arithmetic = metadata[kArithmeticKey];
  if (arithmetic != "strict" && arithmetic != "fused") {
    return file_error("The checkpoint's arithmetic is " + in_quotes(arithmetic) +
                      "; it must be strict or fused.");
  }
  const auto from_model = metadata.find(kFromModelKey);
  if (from_model != metadata.end() && from_model->second != "true") {
    return file_error("The checkpoint's from_model is " + in_quotes(from_model->second) +
                      "; it must be true, or left out.");
  }
  Checkpoint checkpoint{.recipe_json = std::move(metadata[kRecipeKey]),
                        .tokenizer_json = std::move(metadata[kTokenizerKey]),
                        .step = *step,
                        .arithmetic = arithmetic,
                        .from_model = from_model != metadata.end(),
                        .text = tensors.back().bytes};
  tensors.pop_back();
  checkpoint.tensors = std::move(tensors);
  return checkpoint;
}

Status match_tensors(const Checkpoint& checkpoint, std::span<const ExpectedTensor> expected) {
  std::map<std::string_view, const NamedTensor*> unmatched;
  for (const NamedTensor& tensor : checkpoint.tensors) unmatched[tensor.name] = &tensor;
  for (const ExpectedTensor& wanted : expected) {
    const auto at = unmatched.find(wanted.name);
    if (at == unmatched.end()) {
      if (wanted.optional) continue;
      return file_error("The checkpoint has no tensor " + in_quotes(wanted.name) + ".");
    }
    const NamedTensor& given = *at->second;
    if (!matches(given, wanted)) {
      return file_error("The checkpoint's tensor " + in_quotes(wanted.name) + " is " +
                        describe_type(given.dtype, given.shape) + "; its recipe needs " +
                        describe_type(wanted.dtype, wanted.shape) + ".");
    }
    unmatched.erase(at);
  }
  if (!unmatched.empty()) {
    return file_error("The checkpoint has a tensor " + in_quotes(unmatched.begin()->first) +
                      ", which its recipe does not need.");
  }
  return {};
}

}  // namespace clearformer
