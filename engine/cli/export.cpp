#include "cli/commands.h"
#include "cli/events.h"
#include "cli/flags.h"
#include "exchange/export_model.h"
#include "io/file.h"
#include "text/words.h"

namespace clearformer::cli {
namespace {

struct ExportFlags {
  explicit ExportFlags(CLI::App& command) : events(command) {
    command.add_option("--model", model, "A saved run")->type_name("RUN")->required();
    command
        .add_option("--to", to,
                    "hf: a folder for Hugging Face transformers; gguf: a file for llama.cpp; "
                    "nanogpt: a safetensors file of nanoGPT's tensors")
        ->type_name("FORMAT")
        ->required();
    command.add_option("--out", out, "The folder or file to write")->type_name("PATH")->required();
    dtype_option = command.add_option("--dtype", dtype, "Of a gguf's matrices: f32, f16 or q8_0")
                       ->type_name("TYPE");
  }

  Events events;
  std::string model, to, out, dtype = "f32";
  CLI::Option* dtype_option;
};

Error usage(const std::string& message) {
  return {"usage", "", message};
}

Result<GgufType> dtype_of(const ExportFlags& flags) {
  if (flags.dtype_option->count() > 0 && flags.to != "gguf")
    return usage("--dtype cannot go with --to " + flags.to + ": only a gguf has it.");
  if (const std::optional<GgufType> type = gguf_type(flags.dtype)) return *type;
  return usage("--dtype is " + in_quotes(flags.dtype) + "; it must be f32, f16 or q8_0.");
}

Result<int> export_run(const ExportFlags& flags) {
  const std::optional<ExportFormat> format = export_format(flags.to);
  if (!format) return usage("--to is " + in_quotes(flags.to) + "; it must be hf, gguf or nanogpt.");
  const Result<GgufType> dtype = dtype_of(flags);
  if (!dtype.ok()) return dtype.error();
  const Result<std::vector<std::uint8_t>> file = read_run(flags.model);
  if (!file.ok()) return file.error();
  const Result<PortableModel> model = read_exportable_model(file.value(), *format);
  if (!model.ok()) return model.error();

  const std::vector<NamedFile> files = export_files(model.value(), *format, dtype.value());
  const Status written = *format == ExportFormat::hugging_face
                             ? write_folder(flags.out, files)
                             : write_file_atomically(flags.out, files[0].bytes);
  if (!written.ok()) return written.error();
  flags.events.emit(
      {{"event", "export"},
       {"to", flags.to},
       {"out", flags.out},
       {"parameters", model.value().weights.size()}},
      with_commas(model.value().weights.size()) + " parameters, saved to " + flags.out);
  return 0;
}

}  // namespace

void add_export(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("export", "Write a trained model for other programs");
  const auto flags = std::make_shared<ExportFlags>(*command);
  command->callback([flags, &chosen] { chosen = [flags] { return export_run(*flags); }; });
}

}  // namespace clearformer::cli
