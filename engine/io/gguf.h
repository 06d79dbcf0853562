#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace clearformer {

// The GGUF format, version 3 (ggml, docs/gguf.md): metadata, a list of tensors, their values.
// Little-endian throughout.

// The types of a tensor's values that are written here, by the format's numbers.
enum class GgufType : std::uint32_t {
  f32 = 0,
  f16 = 1,
  q8_0 = 8,  // blocks of 32 values of a row: a scale in half precision, then 8 bits a value
};

inline constexpr std::int64_t kGgufBlock = 32;  // values of a row that q8_0 takes together

// A tensor to write; the values belong to somebody else.
struct GgufTensor {
  std::string name;
  std::vector<std::int64_t> shape;  // as it lies in memory: the last dimension runs fastest
  GgufType type;
  std::span<const float> values;
};

using GgufValue = std::variant<bool, std::uint32_t, float, std::string, std::vector<std::string>,
                               std::vector<std::int32_t>>;

struct GgufEntry {
  std::string key;
  GgufValue value;
};

// The file's bytes, a function of the arguments alone.
// REQUIRES: keys distinct, names distinct; each tensor's values fit its shape, which has at least
// one dimension, and are finite; the rows of a q8_0 tensor are a multiple of kGgufBlock long.
std::vector<std::uint8_t> write_gguf(std::span<const GgufEntry> metadata,
                                     std::span<const GgufTensor> tensors);

}  // namespace clearformer
