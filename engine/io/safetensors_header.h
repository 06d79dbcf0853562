#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/safetensors.h"

namespace clearformer {

// The member of the header that is no tensor.
inline constexpr std::string_view kMetadataKey = "__metadata__";

// A tensor as the header declares it. Nothing about it has been compared with the file yet.
struct TensorEntry {
  NamedTensor tensor;                // without bytes
  std::uint64_t begin = 0, end = 0;  // data_offsets
  std::size_t index = 0;             // its place in the header
};

struct SafetensorsHeader {
  std::vector<TensorEntry> entries;  // in the header's order
  std::map<std::string, std::string> metadata;
};

// Reads the header's JSON: every entry has a known dtype, a shape and two offsets, each once.
// Error "file". Tensors with one name are for the caller to find.
Result<SafetensorsHeader> parse_safetensors_header(std::string_view json);

std::optional<DType> dtype_from_name(std::string_view name);

}  // namespace clearformer
