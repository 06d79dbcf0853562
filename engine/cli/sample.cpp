#include <limits>

#include "cli/commands.h"
#include "cli/events.h"
#include "cli/flags.h"
#include "train/trainer.h"

namespace clearformer::cli {
namespace {

struct SampleFlags {
  explicit SampleFlags(CLI::App& command) : machine(command, false), events(command) {
    command.add_option("--model", model, "A saved run")->type_name("RUN")->required();
    command.add_option("--prompt", prompt, "What the text begins with")->type_name("TEXT");
    add_whole_number(command, "--tokens", tokens, 1, 1'000'000, "How many tokens to write");
    add_number(command, "--temperature", options.temperature,
               "Below 1 bolder in what is likely, above 1 wilder; 0 always takes the likeliest");
    add_whole_number(command, "--top-k", options.top_k, 0,
                     std::numeric_limits<decltype(options.top_k)>::max(),
                     "Only the k likeliest tokens; 0 is all");
    add_number(command, "--top-p", options.top_p,
               "Only the likeliest tokens that together have this probability");
    add_whole_number(command, "--seed", options.seed, 0,
                     std::numeric_limits<decltype(options.seed)>::max(), "Decides the draws");
  }

  MachineFlags machine;
  Events events;
  std::string model, prompt;
  std::int64_t tokens = 200;
  SampleOptions options;
};

Result<int> sample(const SampleFlags& flags) {
  const std::unique_ptr<ThreadPool> pool = flags.machine.pool();
  const Result<std::vector<std::uint8_t>> file = read_run(flags.model);
  if (!file.ok()) return file.error();
  const Result<std::unique_ptr<Trainer>> trainer = Trainer::load(file.value(), {.pool = *pool});
  if (!trainer.ok()) return trainer.error();

  Generator& generator = trainer.value()->generator();
  if (Status status = generator.begin(flags.prompt, flags.options); !status.ok())
    return status.error();
  const bool stream = !flags.events.json();
  if (stream) std::printf("%s", flags.prompt.c_str());
  std::vector<Token> ids;
  std::string text;
  const auto add = [&](const std::string& piece) {
    if (stream) {
      std::fwrite(piece.data(), 1, piece.size(), stdout);
      std::fflush(stdout);
    } else {
      text += piece;
    }
  };
  for (std::int64_t i = 0; i < flags.tokens; ++i) {
    const Generator::Piece piece = generator.next();
    ids.push_back(piece.id);
    add(piece.text);
  }
  add(generator.finish());
  if (stream) {
    std::printf("\n");
  } else {
    flags.events.emit({{"event", "sample"}, {"ids", ids}, {"text", text}}, "");
  }
  return 0;
}

}  // namespace

void add_sample(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("sample", "Write a text with a trained model");
  const auto flags = std::make_shared<SampleFlags>(*command);
  command->callback([flags, &chosen] { chosen = [flags] { return sample(*flags); }; });
}

}  // namespace clearformer::cli
