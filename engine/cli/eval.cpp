#include <cmath>
#include <numbers>

#include "cli/commands.h"
#include "cli/events.h"
#include "cli/flags.h"
#include "text/words.h"
#include "train/trainer.h"

namespace clearformer::cli {
namespace {

struct EvalFlags {
  explicit EvalFlags(CLI::App& command) : machine(command, false), events(command) {
    command.add_option("--model", model, "A saved run")->type_name("RUN")->required();
    command.add_option("--text", text, "The text to measure it on")->type_name("FILE")->required();
  }

  MachineFlags machine;
  Events events;
  std::string model, text;
};

Result<int> eval(const EvalFlags& flags) {
  Result<std::unique_ptr<ThreadPool>> pool = flags.machine.pool();
  if (!pool.ok()) return pool.error();
  const Result<std::vector<std::uint8_t>> file = read_run(flags.model);
  if (!file.ok()) return file.error();
  const Result<std::unique_ptr<Trainer>> trainer =
      Trainer::load(file.value(), {.pool = *pool.value()});
  if (!trainer.ok()) return trainer.error();
  const Result<std::string> text = read_text(flags.text);
  if (!text.ok()) return text.error();
  if (Status status = check_text(text.value()); !status.ok()) return status.error();
  const Tokenizer& tokenizer = trainer.value()->tokenizer();
  const Result<std::vector<Token>> tokens = tokenizer.encode(text.value());
  if (!tokens.ok()) return tokens.error();
  if (tokens.value().size() < 2)
    return Error{"text", "", "The text is a single token; it needs at least two."};

  const double loss = trainer.value()->evaluate_all(tokens.value());
  // The first token is given, not predicted.
  const auto predicted = static_cast<double>(tokens.value().size() - 1);
  const auto bytes =
      static_cast<double>(text.value().size() - tokenizer.piece(tokens.value()[0]).size());
  const double bits_per_byte = loss * predicted / bytes / std::numbers::ln2;
  flags.events.emit({{"event", "eval"},
                     {"loss", loss},
                     {"bits_per_byte", bits_per_byte},
                     {"tokens", tokens.value().size() - 1}},
                    "loss " + fixed(loss, 4) + " nats a token, " + fixed(bits_per_byte, 4) +
                        " bits a byte, over " + counted(tokens.value().size() - 1, "token"));
  return 0;
}

}  // namespace

void add_eval(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("eval", "Measure a trained model on a text");
  const auto flags = std::make_shared<EvalFlags>(*command);
  command->callback([flags, &chosen] { chosen = [flags] { return eval(*flags); }; });
}

}  // namespace clearformer::cli
