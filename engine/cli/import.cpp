#include <filesystem>
#include <type_traits>

#include "cli/commands.h"
#include "cli/events.h"
#include "cli/flags.h"
#include "exchange/import_model.h"
#include "io/file.h"
#include "model/parameters.h"
#include "text/words.h"

namespace clearformer::cli {
namespace {

struct ImportFlags {
  explicit ImportFlags(CLI::App& command) : recipe(command), events(command) {
    command
        .add_option("--from", from,
                    "A Hugging Face folder of a GPT-2 or a Llama, or a safetensors file of one, of "
                    "nanoGPT or of Clearformer; its config.json and tokenizer.json beside it")
        ->type_name("PATH")
        ->required();
    command.add_option("--out", out, "Where the run is saved")->type_name("RUN")->required();
  }

  RecipeFlags recipe;
  Events events;
  std::string from, out;
};

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint64_t kMaxJsonBytes = 100 << 20;
constexpr const char* kTensors = "model.safetensors";
constexpr const char* kIndex = "model.safetensors.index.json";

// A file that need not be there.
Result<std::optional<Bytes>> read_beside(const std::filesystem::path& folder, const char* name) {
  const std::filesystem::path path = folder / name;
  std::error_code none;
  if (!std::filesystem::exists(path, none)) return std::optional<Bytes>();
  Result<Bytes> bytes = read_file(path, kMaxJsonBytes);
  if (!bytes.ok()) return bytes.error();
  return std::optional(std::move(bytes.value()));
}

std::optional<std::string_view> view_of(const std::optional<Bytes>& bytes) {
  if (!bytes) return std::nullopt;
  return std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

// The files of tensors in a folder: one, or those that its index names.
Result<std::vector<std::string>> tensor_names(const std::filesystem::path& folder) {
  std::error_code none;
  if (std::filesystem::exists(folder / kTensors, none)) return std::vector<std::string>{kTensors};
  const Result<std::optional<Bytes>> index = read_beside(folder, kIndex);
  if (!index.ok()) return index.error();
  if (!index.value()) return std::vector<std::string>{kTensors};  // which is told to be missing
  return read_shard_names(*view_of(index.value()));
}

Result<PortableModel> read_model(const std::string& from) {
  std::error_code none;
  std::filesystem::path folder = from;
  std::vector<std::string> names;
  if (std::filesystem::is_directory(folder, none)) {
    Result<std::vector<std::string>> found = tensor_names(folder);
    if (!found.ok()) return found.error();
    names = std::move(found.value());
  } else {
    names = {folder.filename()};
    folder = folder.parent_path();
  }
  std::vector<Bytes> files;
  for (const std::string& name : names) {
    Result<Bytes> tensors = read_run(folder / name);
    if (!tensors.ok()) return tensors.error();
    files.push_back(std::move(tensors.value()));
  }
  const Result<std::optional<Bytes>> config = read_beside(folder, "config.json");
  if (!config.ok()) return config.error();
  const Result<std::optional<Bytes>> tokenizer = read_beside(folder, "tokenizer.json");
  if (!tokenizer.ok()) return tokenizer.error();
  return import_model({.tensors = {files.begin(), files.end()},
                       .config = view_of(config.value()),
                       .tokenizer = view_of(tokenizer.value())});
}

// The model itself is what it is: flags say how it is to be trained.
Status check_model_kept(const Recipe& given, const Recipe& model) {
  Status status;
  for_each_setting(given, [&](const Setting& setting, const auto& value) {
    if (setting.group != Setting::Group::model) return;
    for_each_setting(model, [&](const Setting& own, const auto& kept) {
      if constexpr (std::is_same_v<decltype(value), decltype(kept)>) {
        if (std::string_view(own.name) == setting.name && value != kept)
          status = Error{"usage", "",
                         std::string(own.name) +
                             " cannot be chosen: the imported model decides it. Leave it out."};
      }
    });
  });
  return status;
}

Result<int> import_run(const ImportFlags& flags) {
  Result<PortableModel> model = read_model(flags.from);
  if (!model.ok()) return model.error();
  RunHeader& header = model.value().header;
  const Result<Recipe> recipe = flags.recipe.recipe(header.recipe);
  if (!recipe.ok()) return recipe.error();
  if (Status status = check_model_kept(recipe.value(), header.recipe); !status.ok())
    return status.error();
  header.recipe = recipe.value();
  const Bytes run = write_portable_model(model.value());
  if (Status status = write_file_atomically(flags.out, run); !status.ok()) return status.error();
  flags.events.emit({{"event", "import"},
                     {"out", flags.out},
                     {"parameters", model.value().weights.size()},
                     {"vocab_size", header.tokenizer.vocab_size()},
                     {"recipe", nlohmann::ordered_json::parse(recipe_to_json(header.recipe))}},
                    with_commas(model.value().weights.size()) + " parameters, " +
                        std::to_string(header.tokenizer.vocab_size()) +
                        " tokens in the vocabulary, saved to " + flags.out +
                        "; train --resume with --text trains it further");
  return 0;
}

}  // namespace

void add_import(CLI::App& app, Command& chosen) {
  CLI::App* command =
      app.add_subcommand("import", "Make a run of somebody else's model, to sample or to train");
  const auto flags = std::make_shared<ImportFlags>(*command);
  command->callback([flags, &chosen] { chosen = [flags] { return import_run(*flags); }; });
}

}  // namespace clearformer::cli
