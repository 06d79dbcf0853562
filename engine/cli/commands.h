#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "base/result.h"

namespace clearformer::cli {

// What a subcommand does once its flags are read: the process's exit status, or what was wrong.
using Command = std::function<Result<int>()>;

// Each adds one subcommand to the program and sets `chosen` where it is the one that was called.
void add_train(CLI::App& app, Command& chosen);
void add_sample(CLI::App& app, Command& chosen);
void add_eval(CLI::App& app, Command& chosen);
void add_export(CLI::App& app, Command& chosen);
void add_import(CLI::App& app, Command& chosen);
void add_gradcheck(CLI::App& app, Command& chosen);
void add_bench(CLI::App& app, Command& chosen);
void add_memory(CLI::App& app, Command& chosen);
void add_health(CLI::App& app, Command& chosen);
void add_info(CLI::App& app, Command& chosen);

}  // namespace clearformer::cli
