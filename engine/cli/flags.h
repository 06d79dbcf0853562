#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <string>

#include "base/context.h"
#include "base/result.h"
#include "train/recipe.h"

namespace clearformer::cli {

// Flags for every setting, from the one table, and --recipe FILE.json to start from.
class RecipeFlags {
 public:
  explicit RecipeFlags(CLI::App& command);

  // The file's recipe, or `base` where none is named, with the flags over it.
  Result<Recipe> recipe(const Recipe& base = {}) const;

  // The first flag that was given besides `except`, as it is written; empty where none was.
  std::string given_besides(const std::string& except) const;
  // The text of a setting's flag; null where it was not given.
  const std::string* value(const std::string& setting) const;

 private:
  struct Flag {
    CLI::Option* option;
    std::string value;
  };
  std::map<std::string, Flag> flags_;
  std::string file_;
};

// --threads and --class.
class MachineFlags {
 public:
  explicit MachineFlags(CLI::App& command, bool with_class = true);

  Result<Arithmetic> arithmetic() const;
  // Error "usage" where the number of threads is out of range.
  Result<std::unique_ptr<ThreadPool>> pool() const;

 private:
  int threads_;
  std::string class_ = "strict";
};

// The bytes of a text, error "file" or "text": more than kMaxTextBytes is not read.
Result<std::string> read_text(const std::string& path);
// A run's file.
Result<std::vector<std::uint8_t>> read_run(const std::string& path);

}  // namespace clearformer::cli
