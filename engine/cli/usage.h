#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace clearformer::cli {

// What is wrong with the command line that `app` was given, as a line for people: what was given
// and what is allowed, or where that is listed.
std::string explain(const CLI::App& app, const CLI::ParseError& error);

}  // namespace clearformer::cli
