#include <algorithm>
#include <cmath>
#include <numbers>

#include "cli/commands.h"
#include "cli/events.h"
#include "cli/flags.h"
#include "io/file.h"
#include "io/safetensors.h"
#include "text/corpus.h"
#include "text/utf8.h"
#include "text/words.h"
#include "train/trainer.h"

namespace clearformer::cli {
namespace {

struct EvalFlags {
  explicit EvalFlags(CLI::App& command) : machine(command, false), events(command) {
    command.add_option("--model", model, "A saved run")->type_name("RUN")->required();
    text_option =
        command
            .add_option("--text", text,
                        "The text to measure it on; else all that the run holds out of its own")
            ->type_name("FILE");
    logits_option =
        command
            .add_option("--logits", logits,
                        "Write the logits after each token of the first passage there, as "
                        "safetensors: tokens (T), logits (T, V)")
            ->type_name("FILE");
  }

  MachineFlags machine;
  Events events;
  std::string model, text, logits;
  CLI::Option *text_option, *logits_option;
};

// The tokens to measure on. Error "text" where there are none.
Result<std::vector<Token>> tokens_of(const EvalFlags& flags, const Trainer& trainer) {
  if (flags.text_option->count() == 0) {
    const std::span<const Token> held_out = trainer.corpus().val();
    if (held_out.empty())
      return Error{"usage", "", "--text is missing: this run holds nothing out; name a text."};
    return std::vector<Token>(held_out.begin(), held_out.end());
  }
  const Result<std::string> text = read_text(flags.text);
  if (!text.ok()) return text.error();
  if (Status status = check_text(text.value()); !status.ok()) return status.error();
  Result<std::vector<Token>> tokens =
      trainer.tokenizer().encode(without_byte_order_mark(text.value()));
  if (tokens.ok() && tokens.value().size() < 2)
    return Error{"text", "",
                 "The text is 1 token long; at least 2 are needed, because the first is given, not "
                 "predicted."};
  return tokens;
}

// The tokens of a passage, and what the model finds likely after each.
std::vector<std::uint8_t> write_logits(const Trainer& trainer, ThreadPool& pool,
                                       std::span<const Token> tokens) {
  const std::span<const float> parameters = trainer.parameters();
  std::vector<float> weights(parameters.begin(), parameters.end());
  const Parameters<float> sliced = slice_parameters(trainer.config(), weights.data());
  Decoder decoder(trainer.config(), sliced, pool, trainer.arithmetic());
  std::vector<std::int64_t> ids;
  std::vector<float> logits;
  for (const Token token : tokens) {
    ids.push_back(token);
    const std::span<const float> next = decoder.read({&token, 1});
    logits.insert(logits.end(), next.begin(), next.end());
  }
  const auto T = static_cast<std::int64_t>(ids.size());
  const std::vector<NamedTensor> tensors = {
      make_tensor("tokens", {T}, std::span<const std::int64_t>(ids)),
      make_tensor("logits", {T, trainer.config().vocab_size}, std::span<const float>(logits))};
  return write_safetensors(tensors, {});
}

Result<int> eval(const EvalFlags& flags) {
  const std::unique_ptr<ThreadPool> pool = flags.machine.pool();
  const Result<std::vector<std::uint8_t>> file = read_run(flags.model);
  if (!file.ok()) return file.error();
  const Result<std::unique_ptr<Trainer>> trainer = Trainer::load(file.value(), {.pool = *pool});
  if (!trainer.ok()) return trainer.error();
  const Tokenizer& tokenizer = trainer.value()->tokenizer();
  const Result<std::vector<Token>> measured = tokens_of(flags, *trainer.value());
  if (!measured.ok()) return measured.error();
  const std::span<const Token> tokens = measured.value();

  if (flags.logits_option->count() > 0) {
    const auto T = static_cast<std::size_t>(trainer.value()->config().block_size);
    const Status written = write_file_atomically(
        flags.logits,
        write_logits(*trainer.value(), *pool, tokens.first(std::min(T, tokens.size()))));
    if (!written.ok()) return written.error();
  }
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
