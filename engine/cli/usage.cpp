#include "cli/usage.h"

#include <algorithm>

#include "text/words.h"

namespace clearformer::cli {
namespace {

// "train, sample or eval".
std::string subcommand_names(const CLI::App& app) {
  const auto all = app.get_subcommands([](const CLI::App*) { return true; });
  std::string names;
  for (const CLI::App* subcommand : all) {
    if (!names.empty()) names += subcommand == all.back() ? " or " : ", ";
    names += subcommand->get_name();
  }
  return names;
}

}  // namespace

std::string explain(const CLI::App& app, const CLI::ParseError& error) {
  std::string problem = error.what();
  // These are thrown by our own flags, which say all there is to say.
  if (dynamic_cast<const CLI::ValidationError*>(&error)) return problem;

  const std::vector<std::string> unknown = app.remaining(true);
  const auto subcommands = app.get_subcommands();
  if (subcommands.empty())
    return (unknown.empty() ? "A subcommand is missing"
                            : in_quotes(unknown.front()) + " is no subcommand") +
           "; it must be " + subcommand_names(app) + ".";

  const std::string command = "clearformer " + subcommands.front()->get_name();
  if (dynamic_cast<const CLI::ExtrasError*>(&error)) {
    problem = command + " does not know " + in_quotes(unknown.front());
  } else if (dynamic_cast<const CLI::ArgumentMismatch*>(&error)) {
    problem = problem.substr(0, problem.find(':')) + " needs one value, given once";
  }
  // CLI11 quotes what was given as it was given.
  std::replace_if(problem.begin(), problem.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
  return problem + "; " + command + " --help lists the flags.";
}

}  // namespace clearformer::cli
