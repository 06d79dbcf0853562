// Any config.json, tokenizer.json and tensors as somebody else's model: a sentence, or a model that
// leaves and comes back as it is.
#include "exchange/architecture.h"
#include "exchange/export_model.h"
#include "exchange/import_model.h"
#include "model/parameters.h"
#include "tests/fuzz/input.h"

namespace clearformer {
namespace {

std::optional<std::string_view> present(std::string_view part) {
  return part.empty() ? std::nullopt : std::optional(part);
}

std::string_view view_of(const NamedFile& file) {
  return fuzz::text_of(file.bytes);
}

// As a folder for transformers, and back.
void check_round_trip(const PortableModel& model) {
  const std::vector<NamedFile> files = to_hugging_face(model);
  const Result<PortableModel> again = import_model(
      {.tensors = {files[0].bytes}, .config = view_of(files[1]), .tokenizer = view_of(files[2])});
  CHECK(again.ok());
  CHECK(again.value().weights == model.weights);
  CHECK(again.value().header.tokenizer.to_json() == model.header.tokenizer.to_json());
  CHECK(recipe_to_json(again.value().header.recipe) == recipe_to_json(model.header.recipe));
}

FUZZ(input) {
  const std::vector<std::string_view> parts = fuzz::parts_of(input, 3);
  ForeignModel foreign{.tensors = {fuzz::bytes_of(parts.back())}};
  if (parts.size() > 1) foreign.config = present(parts[0]);
  if (parts.size() > 2) foreign.tokenizer = present(parts[1]);
  const Result<PortableModel> model = import_model(foreign);
  if (!fuzz::taken(model)) return;
  const PortableModel& own = model.value();
  CHECK(own.weights.size() == static_cast<std::size_t>(parameter_count(own.header.config())));
  CHECK(validate_recipe(own.header.recipe).ok());

  const std::vector<std::uint8_t> run = write_portable_model(own);
  const Result<PortableModel> kept = read_portable_model(run);
  CHECK(kept.ok() && kept.value().weights == own.weights);
  for (const ExportFormat format :
       {ExportFormat::hugging_face, ExportFormat::gguf, ExportFormat::nanogpt}) {
    const Result<PortableModel> leaves = read_exportable_model(run, format);
    if (!fuzz::taken(leaves)) continue;
    CHECK(!export_files(leaves.value(), format, GgufType::q8_0).empty());
    if (format == ExportFormat::hugging_face) check_round_trip(leaves.value());
  }
}

}  // namespace
}  // namespace clearformer
