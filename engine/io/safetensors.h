#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/result.h"

namespace clearformer {

// The safetensors format (huggingface/safetensors, README.md): a little-endian u64, the length of
// the header; the header, a JSON object of tensors and string metadata; the tensors' bytes.
// Values are row-major and little-endian.

inline constexpr std::uint64_t kMaxSafetensorsHeaderBytes = 100'000'000;

// The types of whole bytes. The format's 4-bit and 6-bit floats are refused.
enum class DType {
  boolean,
  u8,
  i8,
  f8_e5m2,
  f8_e4m3,
  f8_e8m0,
  i16,
  u16,
  f16,
  bf16,
  i32,
  u32,
  f32,
  f64,
  i64,
  u64,
  c64
};

std::string_view dtype_name(DType dtype);  // as the format writes it: "F32"
std::size_t dtype_size(DType dtype);       // in bytes

// A tensor whose bytes belong to somebody else.
struct NamedTensor {
  std::string name;
  DType dtype = DType::f32;
  std::vector<std::int64_t> shape = {};  // no dimensions: one element
  std::span<const std::uint8_t> bytes = {};
};

// The type of a C++ number in a file.
template <class T>
constexpr DType dtype_of() {
  if constexpr (std::is_same_v<T, float>) {
    return DType::f32;
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    return DType::i64;
  } else if constexpr (std::is_same_v<T, std::int8_t>) {
    return DType::i8;
  } else if constexpr (std::is_same_v<T, double>) {
    return DType::f64;
  } else {
    static_assert(std::is_same_v<T, std::uint8_t>);
    return DType::u8;
  }
}

// `values` as a tensor to write; they stay where they are.
template <class T>
NamedTensor make_tensor(std::string name, std::vector<std::int64_t> shape,
                        std::span<const T> values) {
  static_assert(std::endian::native == std::endian::little);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(values.data());
  return {std::move(name), dtype_of<T>(), std::move(shape), {bytes, values.size_bytes()}};
}

// The values of a tensor that was read, whose bytes need not be aligned.
// REQUIRES: the tensor's type is T's and it has out.size() elements.
template <class T>
void copy_values(const NamedTensor& tensor, std::span<T> out) {
  static_assert(std::endian::native == std::endian::little);
  CHECK(tensor.dtype == dtype_of<T>() && tensor.bytes.size() == out.size_bytes());
  if (!out.empty()) std::memcpy(out.data(), tensor.bytes.data(), out.size_bytes());
}

// A file that has been read: names and metadata are copies, the tensors' bytes are views into the
// bytes given to read_safetensors, and need not be aligned.
struct Safetensors {
  std::vector<NamedTensor> tensors;  // in the order of their bytes, names distinct
  std::map<std::string, std::string> metadata;
};

// Reads any bytes. Error "file" where they are not a well-formed file: its message says what was
// found and what is allowed. Time is n log n in the header's length; memory is a small multiple
// of it.
Result<Safetensors> read_safetensors(std::span<const std::uint8_t> bytes);

// How many bytes a tensor of that type and shape takes; nothing where a dimension is negative or
// the number is beyond 64 bits.
std::optional<std::uint64_t> tensor_bytes(DType dtype, std::span<const std::int64_t> shape);

// The file's bytes, a function of the arguments alone. Tensors follow one another in the order
// given; the first starts at a multiple of 8 bytes.
// REQUIRES: names distinct, none "__metadata__"; each tensor's bytes fit its type and shape.
std::vector<std::uint8_t> write_safetensors(std::span<const NamedTensor> tensors,
                                            const std::map<std::string, std::string>& metadata);

}  // namespace clearformer
