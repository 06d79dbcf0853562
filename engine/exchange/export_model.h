#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exchange/portable_model.h"
#include "io/file.h"
#include "io/gguf.h"

namespace clearformer {

enum class ExportFormat { hugging_face, gguf, nanogpt };

// "hf", "gguf" or "nanogpt"; "f32", "f16" or "q8_0".
std::optional<ExportFormat> export_format(std::string_view name);
std::optional<GgufType> gguf_type(std::string_view name);

// The model in a run's file, if the format has a place for all that it is. Error "file" says which
// setting stands in the way, and what can leave.
Result<PortableModel> read_exportable_model(std::span<const std::uint8_t> run, ExportFormat format);

// REQUIRES of all: a model that read_exportable_model gave for that format.

// A folder as transformers' from_pretrained reads it: config.json, model.safetensors,
// tokenizer.json, tokenizer_config.json, generation_config.json and README.md, the model card.
std::vector<NamedFile> to_hugging_face(const PortableModel& model);

// nanoGPT's state dict as one safetensors file; its metadata have the `model_args` of nanoGPT's
// checkpoints, the recipe and the tokenizer.
std::vector<std::uint8_t> to_nanogpt(const PortableModel& model);

// A file for llama.cpp, with its tokenizer. Matrices are of type `dtype`, but for positions, which
// stay F32 as vectors do; where q8_0 cannot be, as rows are no multiple of 32, they are F16.
std::vector<std::uint8_t> to_gguf(const PortableModel& model, GgufType dtype);

// One of the three: a folder's files, or one file. Only a gguf has a dtype.
std::vector<NamedFile> export_files(const PortableModel& model, ExportFormat format,
                                    GgufType dtype);

}  // namespace clearformer
