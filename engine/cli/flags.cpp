#include "cli/flags.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "io/file.h"
#include "text/corpus.h"
#include "text/words.h"
#include "train/memory.h"

namespace clearformer::cli {
namespace {

constexpr std::uint64_t kMaxRecipeBytes = 1 << 20;

std::string flag_of(const std::string& setting) {
  std::string flag = "--" + setting;
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

std::string first_sentence(const std::string& help) {
  return help.substr(0, help.find(". ") + 1);
}

std::string preset_names() {
  std::string names;
  for (const Preset& preset : kPresets)
    names += (names.empty() ? "" : " or ") + std::string(preset.name);
  return names;
}

Result<Recipe> preset_named(const std::string& name) {
  for (const Preset& preset : kPresets)
    if (name == preset.name) return recipe_from_json(preset.recipe_json);
  return Error{"usage", "",
               "--preset is " + in_quotes(name) + "; it must be " + preset_names() + "."};
}

}  // namespace

Result<std::int64_t> parse_whole_number(const std::string& flag, const std::string& text,
                                        std::int64_t min, std::int64_t max) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, number);
  if (fault == std::errc() && stop == end && number >= min && number <= max) return number;
  return Error{"usage", "",
               flag + " is " + in_quotes(text) + "; it must be a whole number from " +
                   with_commas(min) + " to " + with_commas(max) + "."};
}

void add_number(CLI::App& command, const std::string& flag, double& value,
                const std::string& help) {
  const auto set = [&value, flag](const std::string& text) {
    char* end = nullptr;
    value = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0')
      throw CLI::ValidationError(flag + " is " + in_quotes(text) + "; it must be a number.");
  };
  command.add_option_function<std::string>(flag, set, help)->type_name("X");
}

RecipeFlags::RecipeFlags(CLI::App& command) {
  file_option_ = command.add_option("--recipe", file_, "A recipe as a JSON file; flags go over it")
                     ->type_name("FILE.json");
  preset_option_ = command.add_option("--preset", preset_, "An architecture: " + preset_names())
                       ->type_name("NAME");
  Recipe defaults;
  for_each_setting(defaults, [&](const Setting& setting, auto&) {
    Flag& flag = flags_[setting.name];
    flag.option =
        command.add_option(flag_of(setting.name), flag.value, first_sentence(setting.help))
            ->type_name("")
            ->group("Recipe");
  });
}

Result<Recipe> RecipeFlags::recipe(const Recipe& base) const {
  Recipe recipe = base;
  if (preset_option_->count() > 0) {
    if (file_option_->count() > 0)
      return Error{"usage", "", "--preset cannot go with --recipe: name one of them."};
    const Result<Recipe> read = preset_named(preset_);
    if (!read.ok()) return read.error();
    recipe = read.value();
  }
  if (file_option_->count() > 0) {
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

std::string RecipeFlags::given_besides(std::initializer_list<std::string_view> except) const {
  if (preset_option_->count() > 0) return "--preset";
  if (file_option_->count() > 0) return "--recipe";
  for (const auto& [name, flag] : flags_)
    if (flag.option->count() > 0 && std::find(except.begin(), except.end(), name) == except.end())
      return flag_of(name);
  return "";
}

const std::string* RecipeFlags::value(const std::string& setting) const {
  const Flag& flag = flags_.at(setting);
  return flag.option->count() > 0 ? &flag.value : nullptr;
}

MachineFlags::MachineFlags(CLI::App& command, bool with_class)
    : threads_(std::clamp<int>(std::thread::hardware_concurrency(), 1, kMaxThreads)) {
  add_whole_number(command, "--threads", threads_, 1, kMaxThreads,
                   "How many threads compute; no bit depends on it");
  if (!with_class) return;
  class_option_ =
      command.add_option("--class", class_, "How matrix products are rounded: strict or fused")
          ->type_name("CLASS");
}

Result<Arithmetic> MachineFlags::arithmetic() const {
  if (const std::optional<Arithmetic> arithmetic = arithmetic_named(class_)) return *arithmetic;
  return Error{"usage", "", "--class is " + in_quotes(class_) + "; it must be strict or fused."};
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
  // A run that is larger than the memory could not be trained here either.
  return read_file(path, memory_limit());
}

}  // namespace clearformer::cli
