// Any metadata and tensors as a GGUF file, which a reader of the format's description can read.
#include <fuzzer/FuzzedDataProvider.h>

#include <cmath>

#include "io/gguf.h"
#include "tests/fuzz/gguf_reader.h"
#include "tests/fuzz/input.h"

namespace clearformer {
namespace {

constexpr std::size_t kMost = 8;  // of entries, tensors, and members of a list

std::vector<std::string> some_texts(FuzzedDataProvider& data) {
  std::vector<std::string> texts(data.ConsumeIntegralInRange<std::size_t>(0, kMost));
  for (std::string& text : texts) text = data.ConsumeRandomLengthString();
  return texts;
}

GgufValue some_value(FuzzedDataProvider& data) {
  switch (data.ConsumeIntegralInRange(0, 5)) {
    case 0:
      return data.ConsumeBool();
    case 1:
      return data.ConsumeIntegral<std::uint32_t>();
    case 2:
      return data.ConsumeFloatingPoint<float>();
    case 3:
      return data.ConsumeRandomLengthString();
    case 4:
      return some_texts(data);
    default:
      return std::vector<std::int32_t>(data.ConsumeIntegralInRange<std::size_t>(0, kMost),
                                       data.ConsumeIntegral<std::int32_t>());
  }
}

// Finite numbers of any bits, as write_gguf requires.
std::vector<float> some_floats(FuzzedDataProvider& data, std::size_t count) {
  std::vector<float> values(count);
  for (float& value : values) {
    const auto bits = data.ConsumeIntegral<std::uint32_t>();
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) value = 0;
  }
  return values;
}

FUZZ(input) {
  FuzzedDataProvider data(input.data(), input.size());
  std::vector<GgufEntry> entries(data.ConsumeIntegralInRange<std::size_t>(0, kMost));
  for (std::size_t i = 0; i < entries.size(); ++i)
    entries[i] = {std::to_string(i) + data.ConsumeRandomLengthString(), some_value(data)};

  std::vector<std::vector<float>> values(data.ConsumeIntegralInRange<std::size_t>(0, kMost));
  std::vector<GgufTensor> tensors;
  for (std::vector<float>& one : values) {
    const auto type = data.PickValueInArray({GgufType::f32, GgufType::f16, GgufType::q8_0});
    const auto rows = data.ConsumeIntegralInRange<std::int64_t>(1, 3);
    const auto cols = data.ConsumeIntegralInRange<std::int64_t>(1, 3) *
                      (type == GgufType::q8_0 ? kGgufBlock : std::int64_t{1});
    one = some_floats(data, static_cast<std::size_t>(rows * cols));
    tensors.push_back({std::to_string(tensors.size()) + data.ConsumeRandomLengthString(),
                       {rows, cols},
                       type,
                       one});
  }
  const std::vector<std::uint8_t> file = write_gguf(entries, tensors);
  fuzz::GgufReader(file).check(entries.size(), tensors.size());
  CHECK(write_gguf(entries, tensors) == file);
}

}  // namespace
}  // namespace clearformer
