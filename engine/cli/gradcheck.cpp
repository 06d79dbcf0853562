#include "cli/commands.h"
#include "cli/events.h"
#include "cli/flags.h"
#include "train/gradient_check.h"

namespace clearformer::cli {
namespace {

struct GradcheckFlags {
  explicit GradcheckFlags(CLI::App& command) : recipe(command), machine(command), events(command) {}

  RecipeFlags recipe;
  MachineFlags machine;
  Events events;
};

Result<int> gradcheck(const GradcheckFlags& flags) {
  const Result<Recipe> recipe = flags.recipe.recipe();
  if (!recipe.ok()) return recipe.error();
  const std::unique_ptr<ThreadPool> pool = flags.machine.pool();
  const Result<Arithmetic> arithmetic = flags.machine.arithmetic();
  if (!arithmetic.ok()) return arithmetic.error();
  const Result<GradientCheck> result = check_gradients(
      recipe.value(), kAssumedVocabSize, *pool, arithmetic.value(), [&](const TensorCheck& check) {
        flags.events.emit({{"event", "tensor"},
                           {"name", check.name},
                           {"max_relative_error", number_or_null(check.max_relative_error)},
                           {"tolerance", check.tolerance},
                           {"reference_relative_error", check.reference_relative_error},
                           {"reference_tolerance", check.reference_tolerance},
                           {"pass", check.pass}},
                          std::string(check.pass ? "pass  " : "FAIL  ") +
                              scientific(check.max_relative_error, 1) + " of " +
                              scientific(check.tolerance, 1) + " allowed  " + check.name);
      });
  if (!result.ok()) return result.error();
  flags.events.emit(
      {{"event", "done"},
       {"pass", result.value().pass},
       {"worst", number_or_null(result.value().worst)}},
      std::string(result.value().pass ? "Every gradient is right" : "A gradient is wrong") +
          "; the largest relative error is " + scientific(result.value().worst, 1) + ".");
  return result.value().pass ? 0 : 1;
}

}  // namespace

void add_gradcheck(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "gradcheck", "Compare the gradient of every parameter with the double-precision reference");
  const auto flags = std::make_shared<GradcheckFlags>(*command);
  command->callback([flags, &chosen] { chosen = [flags] { return gradcheck(*flags); }; });
}

}  // namespace clearformer::cli
