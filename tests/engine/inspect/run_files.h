#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "io/checkpoint.h"
#include "tests/engine/support/runs.h"
#include "train/run_header.h"

// Runs' files that are not as a run saved them.
namespace clearformer::test {

using Bytes = std::vector<std::uint8_t>;

inline Checkpoint parsed(const Bytes& run) {
  auto file = parse_checkpoint(run);
  if (!file.ok()) ADD_FAILURE() << file.error().message;
  return file.ok() ? file.value() : Checkpoint{};
}

inline std::vector<float> floats_of(const Checkpoint& file, const std::string& name) {
  const NamedTensor* const tensor = file.find(name);
  if (!tensor) ADD_FAILURE() << name;
  std::vector<float> numbers(tensor ? tensor->bytes.size() / sizeof(float) : 0);
  if (!numbers.empty()) std::memcpy(numbers.data(), tensor->bytes.data(), tensor->bytes.size());
  return numbers;
}

// With one tensor's numbers changed.
inline Bytes with_numbers(const Bytes& run, const std::string& name,
                          const std::function<void(std::vector<float>&)>& change) {
  Checkpoint file = parsed(run);
  std::vector<float> numbers = floats_of(file, name);
  change(numbers);
  for (NamedTensor& tensor : file.tensors)
    if (tensor.name == name)
      tensor = make_tensor(name, tensor.shape, std::span<const float>(numbers));
  return serialize_checkpoint(file);
}

// The model alone, as one that was imported.
inline Bytes model_of(const Bytes& run, bool with_text = true) {
  Checkpoint file = parsed(run);
  std::erase_if(file.tensors, [](const NamedTensor& tensor) { return !is_weight(tensor.name); });
  file.step = 0;
  file.from_model = true;
  if (!with_text) file.text = {};
  return serialize_checkpoint(file);
}

}  // namespace clearformer::test
