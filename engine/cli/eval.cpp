#include <cmath>
#include <numbers>

#include "cli/commands.h"
#include "cli/events.h"
#include "cli/flags.h"
#include "text/corpus.h"
#include "text/utf8.h"
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
  const std::unique_ptr<ThreadPool> pool = flags.machine.pool();
  const Result<std::vector<std::uint8_t>> file = read_run(flags.model);
  if (!file.ok()) return file.error();
  const Result<std::unique_ptr<Trainer>> trainer = Trainer::load(file.value(), {.pool = *pool});
  if (!trainer.ok()) return trainer.error();
  const Result<std::string> text = read_text(flags.text);
  if (!text.ok()) return text.error();
  const Tokenizer& tokenizer = trainer.value()->tokenizer();
  if (Status status = check_text(text.value()); !status.ok()) return status.error();
  const Result<std::vector<Token>> encoded =
      tokenizer.encode(without_byte_order_mark(text.value()));
  if (!encoded.ok()) return encoded.error();
  const std::span<const Token> tokens = encoded.value();
  if (tokens.size() < 2)
    return Error{"text", "",
                 "The text is 1 token long; at least 2 are needed, because the first is given, not "
                 "predicted."};

  const double loss = trainer.value()->evaluate_all(tokens);
  const std::span<const Token> predicted = tokens.subspan(1);
  const auto bytes = static_cast<double>(tokenizer.decode(predicted).size());
  const double bits_per_byte =
      loss * static_cast<double>(predicted.size()) / bytes / std::numbers::ln2;
  flags.events.emit({{"event", "eval"},
                     {"loss", loss},
                     {"bits_per_byte", bits_per_byte},
                     {"tokens", predicted.size()}},
                    "loss " + fixed(loss, 4) + " nats a token, " + fixed(bits_per_byte, 4) +
                        " bits a byte, over " + counted(predicted.size(), "token"));
  return 0;
}

}  // namespace

void add_eval(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("eval", "Measure a trained model on a text");
  const auto flags = std::make_shared<EvalFlags>(*command);
  command->callback([flags, &chosen] { chosen = [flags] { return eval(*flags); }; });
}

}  // namespace clearformer::cli
