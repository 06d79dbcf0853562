#include "inspect/inspected_model.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "io/checkpoint.h"
#include "train/compact_model.h"

namespace clearformer {
namespace {

Error wrong_tensor(const ParameterInfo& info, const NamedTensor* found) {
  const std::string expected = describe_type(DType::f32, info.shape());
  return {"file", "",
          found ? "The tensor " + info.name + " is " + describe_type(found->dtype, found->shape) +
                      "; this model's is " + expected + "."
                : "The tensor " + info.name + ", " + expected + ", is missing."};
}

Result<std::vector<float>> read_weights(const Checkpoint& file,
                                        const std::vector<ParameterInfo>& list) {
  std::size_t size = 0;
  // Shapes are compared before the memory for them is taken.
  for (const ParameterInfo& info : list) {
    const NamedTensor* const tensor = file.find(info.name);
    if (!tensor || tensor->dtype != DType::f32 || tensor->shape != info.shape())
      return wrong_tensor(info, tensor);
    size += static_cast<std::size_t>(info.size());
  }
  std::vector<float> weights(size);
  float* to = weights.data();
  for (const ParameterInfo& info : list) {
    const auto& bytes = file.find(info.name)->bytes;
    std::memcpy(to, bytes.data(), bytes.size());
    to += info.size();
  }
  return weights;
}

// As much of the text as is kept: whole characters.
std::string beginning_of(std::span<const std::uint8_t> text) {
  std::size_t size = std::min(text.size(), InspectedModel::kMostText);
  const auto continues = [&](std::size_t at) { return (text[at] & 0xC0) == 0x80; };
  while (size > 0 && size < text.size() && continues(size)) --size;
  return {text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size)};
}

}  // namespace

Result<InspectedModel> read_inspected_model(std::span<const std::uint8_t> run) {
  const Result<Checkpoint> parsed = parse_checkpoint(run);
  if (!parsed.ok()) return parsed.error();
  const Checkpoint& file = parsed.value();
  Result<RunHeader> header = read_run_header(file);
  if (!header.ok()) return header.error();
  const ModelConfig config = header.value().config();
  Result<std::vector<float>> weights = is_compact(file, config)
                                           ? read_compact_weights(file, config)
                                           : read_weights(file, parameter_list(config));
  if (!weights.ok()) return weights.error();
  // What is looked at is the loss that is told: without the terms that training may add.
  header.value().recipe.label_smoothing = header.value().recipe.z_loss = 0;
  return InspectedModel{std::move(header.value()), file.step, std::move(weights.value()),
                        beginning_of(file.text)};
}

}  // namespace clearformer
