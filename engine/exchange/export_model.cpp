#include "exchange/export_model.h"

#include <string>
#include <utility>

#include "exchange/architecture.h"

namespace clearformer {

std::optional<ExportFormat> export_format(std::string_view name) {
  if (name == "hf") return ExportFormat::hugging_face;
  if (name == "gguf") return ExportFormat::gguf;
  if (name == "nanogpt") return ExportFormat::nanogpt;
  return std::nullopt;
}

std::optional<GgufType> gguf_type(std::string_view name) {
  if (name == "f32") return GgufType::f32;
  if (name == "f16") return GgufType::f16;
  if (name == "q8_0") return GgufType::q8_0;
  return std::nullopt;
}

Result<PortableModel> read_exportable_model(std::span<const std::uint8_t> run,
                                            ExportFormat format) {
  Result<PortableModel> model = read_portable_model(run);
  if (!model.ok()) return model.error();
  const Recipe& recipe = model.value().header.recipe;
  const Architecture* const architecture = architecture_of(recipe);
  if (!architecture) return Error{"file", "", why_no_architecture(recipe)};
  if (format == ExportFormat::nanogpt && !(architecture->is_gpt2() && recipe.tied_head)) {
    return Error{"file", "",
                 "nanoGPT has GPT-2's architecture alone, with a tied head; this model's is " +
                     std::string(architecture->name) + "'s" +
                     (architecture->is_gpt2() ? " with tied_head false." : ".") +
                     " It can leave as hf or gguf."};
  }
  return model;
}

std::vector<NamedFile> export_files(const PortableModel& model, ExportFormat format,
                                    GgufType dtype) {
  switch (format) {
    case ExportFormat::gguf:
      return {{"model.gguf", to_gguf(model, dtype)}};
    case ExportFormat::nanogpt:
      return {{"model.safetensors", to_nanogpt(model)}};
    case ExportFormat::hugging_face:
      break;
  }
  return to_hugging_face(model);
}

}  // namespace clearformer
