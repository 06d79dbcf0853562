#include "cli/commands.h"
#include "cli/events.h"
#include "cli/flags.h"
#include "text/words.h"
#include "train/trainer.h"

namespace clearformer::cli {
namespace {

struct InfoFlags {
  explicit InfoFlags(CLI::App& command) : events(command) {
    command.add_option("--model", model, "A saved run")->type_name("RUN")->required();
  }

  Events events;
  std::string model;
};

Result<int> info(const InfoFlags& flags) {
  ThreadPool pool(1);
  const Result<std::vector<std::uint8_t>> file = read_run(flags.model);
  if (!file.ok()) return file.error();
  const Result<std::unique_ptr<Trainer>> loaded = Trainer::load(file.value(), {.pool = pool});
  if (!loaded.ok()) return loaded.error();
  const Trainer& run = *loaded.value();
  const std::string recipe = recipe_to_json(run.recipe());
  const auto parameters = static_cast<std::uint64_t>(parameter_count(run.config()));
  const History& history = run.history();
  const bool evaluated = !history.eval_step.empty();
  flags.events.emit(
      {{"event", "info"},
       {"step", run.steps_done()},
       {"steps", run.recipe().steps},
       {"parameters", parameters},
       {"vocab_size", run.config().vocab_size},
       {"text_bytes", run.text().size()},
       {"train_loss", evaluated ? number_or_null(history.eval_train_loss.back()) : nullptr},
       {"val_loss", evaluated ? number_or_null(history.eval_val_loss.back()) : nullptr},
       {"fingerprint", run.fingerprint()},
       {"class", arithmetic_name(run.arithmetic())},
       {"recipe", nlohmann::ordered_json::parse(recipe)},
       {"from_model", run.from_model()},
       {"past_schedules", nlohmann::ordered_json::parse(schedules_to_json(run.past_schedules()))},
       {"skipped", run.steps_skipped()}},
      "step " + with_commas(run.steps_done()) + " of " + with_commas(run.recipe().steps) + ", " +
          with_commas(parameters) + " parameters, " + std::to_string(run.config().vocab_size) +
          " tokens in the vocabulary\n" +
          (run.has_text() ? "text of " + counted(run.text().size(), "byte")
                          : "no text: the model was imported; train --resume with --text gives it "
                            "one") +
          (evaluated ? "\ntrain loss " + fixed(history.eval_train_loss.back(), 4) +
                           ", validation loss " + fixed(history.eval_val_loss.back(), 4) +
                           " at step " + with_commas(history.eval_step.back())
                     : "") +
          (run.steps_skipped() == 0 ? ""
                                    : "\n" + counted(run.steps_skipped(), "step") + " skipped") +
          "\nfingerprint " + run.fingerprint() + " (" + arithmetic_name(run.arithmetic()) + ")\n" +
          recipe);
  return 0;
}

}  // namespace

void add_info(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("info", "Say what a saved run is");
  const auto flags = std::make_shared<InfoFlags>(*command);
  command->callback([flags, &chosen] { chosen = [flags] { return info(*flags); }; });
}

}  // namespace clearformer::cli
