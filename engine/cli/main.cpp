#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/commands.h"

namespace {

constexpr int kInputError = 2;

int say_wrong(const std::string& message) {
  std::fprintf(stderr, "clearformer: %s\n", message.c_str());
  return kInputError;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace clearformer::cli;
  CLI::App app{"Clearformer: a transformer language model that you can see through"};
  app.require_subcommand(1);
  Command chosen;
  for (const auto add : {add_train, add_sample, add_eval, add_gradcheck, add_bench, add_info})
    add(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    return say_wrong(std::string(error.what()) + " (clearformer --help lists what there is.)");
  }
  const clearformer::Result<int> status = chosen();
  return status.ok() ? status.value() : say_wrong(status.error().message);
}
