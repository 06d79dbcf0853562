#include "io/gguf.h"

#include <bit>
#include <cstring>
#include <type_traits>

#include "base/check.h"
#include "io/half.h"
#include "io/quantize.h"

namespace clearformer {
namespace {

constexpr std::uint32_t kVersion = 3;
constexpr std::uint64_t kAlignment = 32;  // the format's default, of every tensor and of the data

// The format's numbers for the types of metadata.
template <class T>
constexpr std::uint32_t value_type() {
  if constexpr (std::is_same_v<T, std::uint32_t>) return 4;
  if constexpr (std::is_same_v<T, std::int32_t>) return 5;
  if constexpr (std::is_same_v<T, float>) return 6;
  if constexpr (std::is_same_v<T, bool>) return 7;
  if constexpr (std::is_same_v<T, std::string>) return 8;
}
constexpr std::uint32_t kArray = 9;

class Writer {
 public:
  template <class T>
  void number(T value) {
    static_assert(std::endian::native == std::endian::little);
    raw(&value, sizeof value);
  }
  void raw(const void* data, std::size_t size) {
    const auto* const at = static_cast<const std::uint8_t*>(data);
    bytes_.insert(bytes_.end(), at, at + size);
  }
  void value(const std::string& text) {
    number(std::uint64_t{text.size()});
    raw(text.data(), text.size());
  }
  template <class T>
  void value(T given) {
    number(given);
  }
  void align() { bytes_.resize((bytes_.size() + kAlignment - 1) / kAlignment * kAlignment); }

  std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  std::vector<std::uint8_t> bytes_;
};

template <class T>
void write_value(Writer& out, const T& value) {
  out.number(value_type<T>());
  out.value(value);
}
template <class T>
void write_value(Writer& out, const std::vector<T>& values) {
  out.number(kArray);
  out.number(value_type<T>());
  out.number(std::uint64_t{values.size()});
  for (const T& value : values) out.value(value);
}

std::uint64_t encoded_bytes(const GgufTensor& tensor) {
  const std::uint64_t n = tensor.values.size();
  switch (tensor.type) {
    case GgufType::f32:
      return n * sizeof(float);
    case GgufType::f16:
      return n * sizeof(std::uint16_t);
    case GgufType::q8_0:
      return n / kGgufBlock * (sizeof(std::uint16_t) + kGgufBlock);
  }
  return 0;
}

void write_q8_0(Writer& out, std::span<const float> values) {
  std::vector<std::int8_t> codes(values.size());
  std::vector<float> scales(values.size() / kGgufBlock);
  quantize_rows(values, codes, scales);
  for (std::size_t i = 0; i < scales.size(); ++i) {
    out.number(half_from_float(scales[i]));
    out.raw(&codes[i * kGgufBlock], kGgufBlock);
  }
}

void write_values(Writer& out, const GgufTensor& tensor) {
  switch (tensor.type) {
    case GgufType::f32:
      return out.raw(tensor.values.data(), tensor.values.size_bytes());
    case GgufType::f16:
      for (const float value : tensor.values) out.number(half_from_float(value));
      return;
    case GgufType::q8_0:
      return write_q8_0(out, tensor.values);
  }
}

void check_shape(const GgufTensor& tensor) {
  std::size_t n = 1;
  for (const std::int64_t size : tensor.shape) n *= static_cast<std::size_t>(size);
  CHECK(!tensor.shape.empty() && n == tensor.values.size());
  CHECK(tensor.type != GgufType::q8_0 || tensor.shape.back() % kGgufBlock == 0);
}

}  // namespace

std::vector<std::uint8_t> write_gguf(std::span<const GgufEntry> metadata,
                                     std::span<const GgufTensor> tensors) {
  Writer out;
  out.raw("GGUF", 4);
  out.number(kVersion);
  out.number(std::uint64_t{tensors.size()});
  out.number(std::uint64_t{metadata.size()});
  for (const GgufEntry& entry : metadata) {
    out.value(entry.key);
    std::visit([&](const auto& value) { write_value(out, value); }, entry.value);
  }
  std::uint64_t offset = 0;
  for (const GgufTensor& tensor : tensors) {
    check_shape(tensor);
    out.value(tensor.name);
    out.number(static_cast<std::uint32_t>(tensor.shape.size()));
    for (auto size = tensor.shape.rbegin(); size != tensor.shape.rend(); ++size)
      out.number(static_cast<std::uint64_t>(*size));  // the fastest first
    out.number(static_cast<std::uint32_t>(tensor.type));
    out.number(offset);
    offset += (encoded_bytes(tensor) + kAlignment - 1) / kAlignment * kAlignment;
  }
  out.align();
  for (const GgufTensor& tensor : tensors) {
    write_values(out, tensor);
    out.align();
  }
  return out.take();
}

}  // namespace clearformer
