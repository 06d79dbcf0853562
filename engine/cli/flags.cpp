#include "cli/flags.h"

#include <algorithm>
#include <filesystem>
#include <thread>

#include "io/file.h"
#include "text/corpus.h"
#include "text/words.h"

namespace clearformer::cli {
namespace {

constexpr std::uint64_t kMaxRecipeBytes = 1 << 20;
// A run of the largest model that 24 bytes a parameter can address is far below this.
constexpr std::uint64_t kMaxRunBytes = std::uint64_t{64} << 30;

std::string flag_of(const std::string& setting) {
  std::string flag = "--" + setting;
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

std::string first_sentence(const std::string& help) { return help.substr(0, help.find(". ") + 1); }

}  // namespace

RecipeFlags::RecipeFlags(CLI::App& command) {
  command.add_option("--recipe", file_, "A recipe as a JSON file; flags go over it")
      ->type_name("FILE.json");
  Recipe defaults;
  for_each_setting(defaults, [&](const Setting& setting, auto&) {
    Flag& flag = flags_[setting.name];
    flag.option = command.add_option(flag_of(setting.name), flag.value, first_sentence(setting.help))
                      ->type_name("")
                      ->group("Recipe");
  });
}

Result<Recipe> RecipeFlags::recipe(const Recipe& base) const {
  Recipe recipe = base;
  if (!file_.empty()) {
    const Result<std::vector<std::uint8_t>> bytes = read_file(file_, kMaxRecipeBytes);
    if (!bytes.ok()) return bytes.error();
    const Result<Recipe> read = recipe_from_json(
        {reinterpret_cast<const char*>(bytes.value().data()), bytes.value().size()});
    if (!read.ok()) return read.error();
    recipe = read.value();
  }
  for (const auto& [name, flag] : flags_) {
    if (flag.option->count() == 0) continue;
    if (Status status = set_setting(recipe, name, flag.value); !status.ok()) return status.error();
  }
  if (Status status = validate_recipe(recipe); !status.ok()) return status.error();
  return recipe;
}

std::string RecipeFlags::given_besides(const std::string& except) const {
  if (!file_.empty()) return "--recipe";
  for (const auto& [name, flag] : flags_)
    if (name != except && flag.option->count() > 0) return flag_of(name);
  return "";
}

const std::string* RecipeFlags::value(const std::string& setting) const {
  const Flag& flag = flags_.at(setting);
  return flag.option->count() > 0 ? &flag.value : nullptr;
}

MachineFlags::MachineFlags(CLI::App& command, bool with_class)
    : threads_(std::clamp<int>(std::thread::hardware_concurrency(), 1, kMaxThreads)) {
  command.add_option("--threads", threads_, "How many threads compute; no bit depends on it")
      ->type_name("K");
  if (!with_class) return;
  command.add_option("--class", class_, "How matrix products are rounded: strict or fused")
      ->type_name("CLASS");
}

Result<Arithmetic> MachineFlags::arithmetic() const {
  for (const Arithmetic arithmetic : {Arithmetic::strict, Arithmetic::fused})
    if (class_ == arithmetic_name(arithmetic)) return arithmetic;
  return Error{"usage", "", "--class is " + in_quotes(class_) + "; it must be strict or fused."};
}

Result<std::unique_ptr<ThreadPool>> MachineFlags::pool() const {
  if (threads_ < 1 || threads_ > kMaxThreads) {
    return Error{"usage", "",
                 "--threads is " + std::to_string(threads_) + "; it must be a whole number from 1 to " +
                     std::to_string(kMaxThreads) + "."};
  }
  return std::make_unique<ThreadPool>(threads_);
}

Result<std::string> read_text(const std::string& path) {
  std::error_code no_size;
  const std::uint64_t size = std::filesystem::file_size(path, no_size);
  if (!no_size && size > kMaxTextBytes) return text_too_large(size);
  const Result<std::vector<std::uint8_t>> bytes = read_file(path, kMaxTextBytes);
  if (!bytes.ok()) return bytes.error();
  return std::string(bytes.value().begin(), bytes.value().end());
}

Result<std::vector<std::uint8_t>> read_run(const std::string& path) {
  return read_file(path, kMaxRunBytes);
}

}  // namespace clearformer::cli
