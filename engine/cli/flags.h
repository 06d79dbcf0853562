#pragma once

#include <CLI/CLI.hpp>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/context.h"
#include "base/result.h"
#include "train/recipe.h"

namespace clearformer::cli {

// A whole number in [min, max]. Error "usage" names the flag, what was given and what is allowed.
Result<std::int64_t> parse_whole_number(const std::string& flag, const std::string& text,
                                        std::int64_t min, std::int64_t max);

// Flags for numbers. CLI11's own conversion would take "" for 0 and name no range.
template <class T>
void add_whole_number(CLI::App& command, const std::string& flag, T& value, std::int64_t min,
                      std::int64_t max, const std::string& help) {
  const auto set = [&value, flag, min, max](const std::string& text) {
    const Result<std::int64_t> number = parse_whole_number(flag, text, min, max);
    if (!number.ok()) throw CLI::ValidationError(number.error().message);
    value = static_cast<T>(number.value());
  };
  command.add_option_function<std::string>(flag, set, help)->type_name("N");
}
void add_number(CLI::App& command, const std::string& flag, double& value, const std::string& help);

// Flags for every setting, from the one table, and what they go over: --preset NAME or --recipe
// FILE.json.
class RecipeFlags {
 public:
  explicit RecipeFlags(CLI::App& command);

  // The preset's or the file's recipe, or `base` where none is named, with the flags over it.
  Result<Recipe> recipe(const Recipe& base = {}) const;

  // The first flag that was given besides `except`, as it is written; empty where none was.
  std::string given_besides(std::initializer_list<std::string_view> except) const;
  // The text of a setting's flag; null where it was not given.
  const std::string* value(const std::string& setting) const;

 private:
  struct Flag {
    CLI::Option* option;
    std::string value;
  };
  std::map<std::string, Flag> flags_;
  std::string preset_, file_;
  CLI::Option *preset_option_, *file_option_;
};

// --threads and --class.
class MachineFlags {
 public:
  explicit MachineFlags(CLI::App& command, bool with_class = true);

  Result<Arithmetic> arithmetic() const;
  bool class_given() const { return class_option_->count() > 0; }
  int threads() const { return threads_; }
  std::unique_ptr<ThreadPool> pool() const { return std::make_unique<ThreadPool>(threads_); }

 private:
  int threads_;
  std::string class_ = "strict";
  CLI::Option* class_option_ = nullptr;
};

// How large the vocabulary is where there is no text to ask: Tiny Shakespeare's.
inline constexpr int kAssumedVocabSize = 65;

// The bytes of a text, error "file" or "text": more than kMaxTextBytes is not read.
Result<std::string> read_text(const std::string& path);
// A run's file.
Result<std::vector<std::uint8_t>> read_run(const std::string& path);

}  // namespace clearformer::cli
