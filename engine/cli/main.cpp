#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "cli/commands.h"
#include "cli/divergence.h"
#include "cli/usage.h"

namespace {

constexpr int kInputError = 2;

int say_wrong(const std::string& message) {
  std::fprintf(stderr, "clearformer: %s\n", message.c_str());
  return kInputError;
}

// The rooms below have no exceptions: this is where memory that cannot be had becomes a sentence.
void out_of_memory() {
  std::fputs(
      "clearformer: The memory that this needs could not be had. Close other programs, or "
      "use a smaller file.\n",
      stderr);
  std::_Exit(kInputError);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace clearformer::cli;
  std::set_new_handler(out_of_memory);
  // A file larger than is allowed is a failed write, with its sentence, not the program's end.
  std::signal(SIGXFSZ, SIG_IGN);
  CLI::App app{"Clearformer: a transformer language model that you can see through"};
  app.require_subcommand(1);
  Command chosen;
  for (const auto add : {add_train, add_sample, add_eval, add_export, add_import, add_gradcheck,
                         add_bench, add_memory, add_health, add_info})
    add(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    return say_wrong(explain(app, error));
  }
  const clearformer::Result<int> status = chosen();
  if (status.ok()) return status.value();
  const int said = say_wrong(status.error().message);
  return status.error().code == "diverged" ? kDiverged : said;
}
