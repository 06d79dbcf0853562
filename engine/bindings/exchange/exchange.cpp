// What JavaScript sees of the exchange with other programs: files in, files out. A module of its
// own, without the engine, that a page loads when it is asked for.

#include <emscripten/bind.h>

#include <optional>
#include <string>
#include <vector>

#include "base/check.h"
#include "bindings/values.h"
#include "exchange/export_model.h"
#include "exchange/import_model.h"
#include "text/words.h"

namespace clearformer::bindings {
namespace {

EMSCRIPTEN_DECLARE_VAL_TYPE(Files);  // Uint8Array[]

// One of the two is empty. The names are those of a folder, or of one file.
struct ExportReport {
  Error error;
  Strings names = no_strings();
  Files files = Files(emscripten::val::array());
};

struct ImportReport {
  Error error;
  Bytes bytes = no_bytes();
};

// Of a run's file, for "hf", "gguf" or "nanogpt"; a gguf's matrices are of type `dtype`, "f32",
// "f16" or "q8_0".
ExportReport export_run(const Bytes& run, const std::string& format, const std::string& dtype) {
  ExportReport report;
  const std::optional<ExportFormat> known = export_format(format);
  const std::optional<GgufType> type = gguf_type(dtype);
  CHECK(known && type);
  const auto bytes = bytes_of<std::vector<std::uint8_t>>(run);
  const Result<PortableModel> model = read_exportable_model(bytes, *known);
  report.error = error_of(model);
  if (!model.ok()) return report;
  std::vector<std::string> names;
  for (const NamedFile& file : export_files(model.value(), *known, *type)) {
    names.push_back(file.name);
    report.files.call<void>("push", copy_bytes(file.bytes));
  }
  report.names = copy_strings(names);
  return report;
}

// A file that was given; an empty one was not.
std::optional<std::string_view> given(const std::string& file) {
  if (file.empty()) return std::nullopt;
  return file;
}

// A run that begins with somebody else's model, and learns `text`, with LoRA where its rank is not
// 0. Its tensors may be in several files; config.json and tokenizer.json may be empty where the
// tensors say all themselves.
ImportReport import_files(const Files& tensors, const Bytes& config, const Bytes& tokenizer,
                          const Bytes& text, int lora_rank, double lora_alpha) {
  ImportReport report;
  std::vector<std::vector<std::uint8_t>> files;
  for (const emscripten::val file : tensors)
    files.push_back(bytes_of<std::vector<std::uint8_t>>(Bytes(file)));
  const auto config_json = bytes_of<std::string>(config);
  const auto tokenizer_json = bytes_of<std::string>(tokenizer);
  Result<PortableModel> model = import_model({.tensors = {files.begin(), files.end()},
                                              .config = given(config_json),
                                              .tokenizer = given(tokenizer_json)});
  report.error = error_of(model);
  if (!model.ok()) return report;
  Recipe& recipe = model.value().header.recipe;
  recipe.lora_rank = lora_rank;
  recipe.lora_alpha = lora_alpha;
  report.error = error_of(validate_recipe(recipe));
  if (report.error.code.empty())
    report.bytes =
        copy_bytes(write_portable_model(model.value(), bytes_of<std::vector<std::uint8_t>>(text)));
  return report;
}

}  // namespace
}  // namespace clearformer::bindings

EMSCRIPTEN_BINDINGS(clearformer_exchange) {
  using namespace emscripten;
  using namespace clearformer::bindings;

  register_type<Bytes>("Uint8Array");
  register_type<Files>("Uint8Array[]");
  register_type<Strings>("string[]");
  value_object<clearformer::Error>("EngineError")
      .field("code", &clearformer::Error::code)
      .field("where", &clearformer::Error::where)
      .field("message", &clearformer::Error::message);
  value_object<ExportReport>("ExportReport")
      .field("error", &ExportReport::error)
      .field("names", &ExportReport::names)
      .field("files", &ExportReport::files);
  value_object<ImportReport>("ImportReport")
      .field("error", &ImportReport::error)
      .field("bytes", &ImportReport::bytes);
  function("exportRun(run, format, dtype)", &export_run);
  function("importModel(tensors, config, tokenizer, text, loraRank, loraAlpha)", &import_files);
}
