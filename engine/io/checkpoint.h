#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/safetensors.h"

namespace clearformer {

// Everything that a run is, as one safetensors file. It knows named tensors, not the model: which
// tensors there must be, the caller says (match_tensors).
//
// The strings are the checkpoint's own. Tensors and text are views: into the run's memory where it
// is written, into the file's bytes where it was parsed.
struct Checkpoint {
  std::string recipe_json = {};           // recipe_to_json
  std::string tokenizer_json = {};        // Tokenizer::to_json
  std::int64_t step = 0;                  // optimizer steps done
  std::string arithmetic = {};            // "strict" or "fused"
  bool from_model = false;                // began with a model that its recipe does not make
  std::vector<NamedTensor> tensors = {};  // weights, optimizer state, history, in the file's order
  std::span<const std::uint8_t> text = {};

  // Null where there is no tensor of that name.
  const NamedTensor* find(std::string_view name) const;
};

// The file: tensors in their order, the text last, as "text" (U8); the rest as strings in the
// metadata, with the format's version and a checksum. The same checkpoint gives the same bytes.
// REQUIRES: as write_safetensors, and no tensor named "text".
std::vector<std::uint8_t> serialize_checkpoint(const Checkpoint& checkpoint);

// Whether a safetensors file says that it is a checkpoint, of whatever version.
bool is_checkpoint(const Safetensors& file);

// Reads what serialize_checkpoint wrote, whose bytes must outlive the result; serialising it again
// gives the same bytes. Error "file" where the bytes are cut short, no safetensors, not
// Clearformer's, of another version, or changed since they were written.
Result<Checkpoint> parse_checkpoint(std::span<const std::uint8_t> bytes);

// In an expected shape: a dimension of any size.
inline constexpr std::int64_t kAnySize = -1;

// "F32 [3, any]".
std::string describe_type(DType dtype, std::span<const std::int64_t> shape);

struct ExpectedTensor {
  std::string name;
  DType dtype = DType::f32;
  std::vector<std::int64_t> shape;
  bool optional = false;
};

// Whether the checkpoint has exactly these tensors, in any order, but for optional ones. Error
// "file" names the first that is missing, unknown, or of another type or shape.
Status match_tensors(const Checkpoint& checkpoint, std::span<const ExpectedTensor> expected);

}  // namespace clearformer
