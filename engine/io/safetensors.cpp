#include "io/safetensors.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include "io/safetensors_header.h"
#include "text/json_object.h"
#include "text/words.h"

namespace clearformer {
namespace {

constexpr std::size_t kLengthBytes = 8;

struct DTypeInfo {
  DType dtype;
  std::string_view name;
  std::size_t size;
};

constexpr std::array kDTypes = {
    DTypeInfo{DType::boolean, "BOOL", 1},    DTypeInfo{DType::u8, "U8", 1},
    DTypeInfo{DType::i8, "I8", 1},           DTypeInfo{DType::f8_e5m2, "F8_E5M2", 1},
    DTypeInfo{DType::f8_e4m3, "F8_E4M3", 1}, DTypeInfo{DType::f8_e8m0, "F8_E8M0", 1},
    DTypeInfo{DType::i16, "I16", 2},         DTypeInfo{DType::u16, "U16", 2},
    DTypeInfo{DType::f16, "F16", 2},         DTypeInfo{DType::bf16, "BF16", 2},
    DTypeInfo{DType::i32, "I32", 4},         DTypeInfo{DType::u32, "U32", 4},
    DTypeInfo{DType::f32, "F32", 4},         DTypeInfo{DType::f64, "F64", 8},
    DTypeInfo{DType::i64, "I64", 8},         DTypeInfo{DType::u64, "U64", 8},
    DTypeInfo{DType::c64, "C64", 8},
};

const DTypeInfo& dtype_info(DType dtype) {
  return *std::find_if(kDTypes.begin(), kDTypes.end(),
                       [&](const DTypeInfo& info) { return info.dtype == dtype; });
}

Error file_error(std::string message) {
  return {"file", "", std::move(message)};
}

Error cut_short(std::uint64_t size, std::uint64_t needed) {
  return file_error("This file ends after " + with_commas(size) + " of " + counted(needed, "byte") +
                    "; it was cut short.");
}

std::uint64_t read_u64(std::span<const std::uint8_t> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) value |= std::uint64_t{bytes[i]} << (8 * i);
  return value;
}

// The header's text, if the bytes are a file with a whole header.
Result<std::string_view> find_header(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < kLengthBytes) {
    return file_error("This is not a safetensors file: it is " + counted(bytes.size(), "byte") +
                      "; the length of its header alone takes 8.");
  }
  const std::uint64_t length = read_u64(bytes);
  const auto rest = bytes.subspan(kLengthBytes);
  if (length > kMaxSafetensorsHeaderBytes) {
    return file_error("This is not a safetensors file: its first 8 bytes announce a header of " +
                      counted(length, "byte") + "; at most " +
                      with_commas(kMaxSafetensorsHeaderBytes) + " are allowed.");
  }
  if (length == 0 || (!rest.empty() && rest[0] != '{')) {
    return file_error("This is not a safetensors file: its header does not begin with {.");
  }
  if (length > rest.size()) return cut_short(bytes.size(), kLengthBytes + length);
  return std::string_view(reinterpret_cast<const char*>(rest.data()), length);
}

// Entries in the order of their bytes. Error where two have one name, or where a tensor does not
// take exactly the bytes between its neighbours.
Status check_layout(std::vector<TensorEntry>& entries) {
  std::set<std::string_view> names;
  for (const TensorEntry& entry : entries) {
    if (!names.insert(entry.tensor.name).second)
      return file_error("The file's header has the tensor " + in_quotes(entry.tensor.name) +
                        " twice.");
  }

  // Tensors without elements may lie at one place: they keep the header's order. By a heap, which
  // is less code to download than std::sort's.
  std::partial_sort(entries.begin(), entries.end(), entries.end(),
                    [](const TensorEntry& a, const TensorEntry& b) {
                      return std::tie(a.begin, a.end, a.index) < std::tie(b.begin, b.end, b.index);
                    });
  std::uint64_t end = 0;
  for (const TensorEntry& entry : entries) {
    const std::string name = in_quotes(entry.tensor.name);
    if (entry.end < entry.begin) {
      return file_error("The tensor " + name + " ends at byte " + with_commas(entry.end) +
                        ", before it begins, at " + with_commas(entry.begin) + ".");
    }
    if (entry.begin != end) {
      return file_error("The tensor " + name + " begins at byte " + with_commas(entry.begin) +
                        " of the data; the tensors before it end at " + with_commas(end) + ".");
    }
    const auto needed = tensor_bytes(entry.tensor.dtype, entry.tensor.shape);
    if (!needed) return file_error("The tensor " + name + " has a shape beyond 64 bits.");
    if (*needed != entry.end - entry.begin) {
      return file_error("The tensor " + name + " has " + counted(entry.end - entry.begin, "byte") +
                        "; its type and shape need " + with_commas(*needed) + ".");
    }
    end = entry.end;
  }
  return {};
}

}  // namespace

std::string_view dtype_name(DType dtype) {
  return dtype_info(dtype).name;
}

std::size_t dtype_size(DType dtype) {
  return dtype_info(dtype).size;
}

std::optional<DType> dtype_from_name(std::string_view name) {
  for (const DTypeInfo& info : kDTypes) {
    if (info.name == name) return info.dtype;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> tensor_bytes(DType dtype, std::span<const std::int64_t> shape) {
  std::uint64_t n = dtype_size(dtype);
  for (const std::int64_t dimension : shape) {
    if (dimension < 0) return std::nullopt;
    if (__builtin_mul_overflow(n, static_cast<std::uint64_t>(dimension), &n)) return std::nullopt;
  }
  return n;
}

Result<Safetensors> read_safetensors(std::span<const std::uint8_t> bytes) {
  const Result<std::string_view> header = find_header(bytes);
  if (!header.ok()) return header.error();
  Result<SafetensorsHeader> parsed = parse_safetensors_header(header.value());
  if (!parsed.ok()) return parsed.error();
  std::vector<TensorEntry>& entries = parsed.value().entries;
  if (const Status layout = check_layout(entries); !layout.ok()) return layout.error();

  const std::uint64_t data_begin = kLengthBytes + header.value().size();
  const auto data = bytes.subspan(data_begin);
  const std::uint64_t data_size = entries.empty() ? 0 : entries.back().end;
  if (data_size > data.size()) {
    // The sum wraps only for a size that no file has.
    const std::uint64_t needed = data_begin + data_size;
    return cut_short(bytes.size(), needed < data_size ? data_size : needed);
  }
  if (data_size < data.size()) {
    return file_error("The file has " + counted(data.size() - data_size, "byte") +
                      " after the end of its last tensor; there must be none.");
  }

  Safetensors file;
  file.metadata = std::move(parsed.value().metadata);
  file.tensors.reserve(entries.size());
  for (TensorEntry& entry : entries) {
    entry.tensor.bytes = data.subspan(entry.begin, entry.end - entry.begin);
    file.tensors.push_back(std::move(entry.tensor));
  }
  return file;
}

std::vector<std::uint8_t> write_safetensors(std::span<const NamedTensor> tensors,
                                            const std::map<std::string, std::string>& metadata) {
  std::string header = "{";
  const auto begin_member = [&](std::string_view name) {
    if (header.size() > 1) header += ',';
    header += json_string(name) + ':';
  };
  if (!metadata.empty()) {
    begin_member(kMetadataKey);
    char separator = '{';
    for (const auto& [key, value] : metadata) {
      header += separator + json_string(key) + ':' + json_string(value);
      separator = ',';
    }
    header += '}';
  }

  std::set<std::string_view> names;
  std::uint64_t offset = 0;
  for (const NamedTensor& tensor : tensors) {
    CHECK(tensor.name != kMetadataKey && names.insert(tensor.name).second);
    CHECK(tensor_bytes(tensor.dtype, tensor.shape) == tensor.bytes.size());
    begin_member(tensor.name);
    header += "{\"dtype\":\"" + std::string(dtype_name(tensor.dtype)) + "\",\"shape\":[";
    for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
      header += (i > 0 ? "," : "") + std::to_string(tensor.shape[i]);
    }
    header += "],\"data_offsets\":[" + std::to_string(offset) + ",";
    offset += tensor.bytes.size();
    header += std::to_string(offset) + "]}";
  }
  header += '}';
  header.resize((header.size() + 7) / 8 * 8, ' ');
  CHECK(header.size() <= kMaxSafetensorsHeaderBytes);

  std::vector<std::uint8_t> bytes;
  bytes.reserve(kLengthBytes + header.size() + offset);
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(std::uint64_t{header.size()} >> (8 * i)));
  }
  bytes.insert(bytes.end(), header.begin(), header.end());
  for (const NamedTensor& tensor : tensors) {
    bytes.insert(bytes.end(), tensor.bytes.begin(), tensor.bytes.end());
  }
  return bytes;
}

}  // namespace clearformer
