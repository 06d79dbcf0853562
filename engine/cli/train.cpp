#include <algorithm>
#include <chrono>
#include <csignal>

#include "cli/commands.h"
#include "cli/divergence.h"
#include "cli/events.h"
#include "cli/flags.h"
#include "io/file.h"
#include "text/corpus.h"
#include "text/words.h"
#include "train/trainer.h"

namespace clearformer::cli {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Set by Ctrl-C, by who asks the program to end and by a terminal that is closed: the step under
// way is finished and the run is saved.
volatile std::sig_atomic_t interrupted = 0;

void heed_signals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const auto heed = [](int) { interrupted = 1; };
    // What was to be ignored stays so: nohup.
    if (std::signal(signal, SIG_IGN) != SIG_IGN) std::signal(signal, heed);
  }
}

// Saves a run while it is trained: whatever befalls the program costs ten seconds at most, and
// saving costs a twentieth of the time at most.
class Saver {
 public:
  Saver(const std::string& path, const Trainer& trainer) : path_(path), trainer_(trainer) {}

  Status save() {
    const auto start = Clock::now();
    const Status status = write_file_atomically(path_, trainer_.save());
    saved_ = Clock::now();
    cost_ = seconds_since(start);
    if (!status.ok()) return lost(status.error());
    step_ = trainer_.steps_done();
    return status;
  }
  Status save_if_due() {
    constexpr double kEvery = 8, kShare = 20;
    return seconds_since(saved_) < std::max(kEvery, kShare * cost_) ? Status() : save();
  }

 private:
  // What an earlier save left is whole.
  Error lost(Error error) const {
    if (step_ >= 0)
      error.message += " It holds the run as it was after step " + with_commas(step_) +
                       ": mend that, and go on from there with --resume.";
    return error;
  }

  const std::string path_;
  const Trainer& trainer_;
  std::int64_t step_ = -1;  // that the file holds; -1 before the first
  Clock::time_point saved_ = Clock::now();
  double cost_ = 0;  // seconds that saving took
};

struct TrainFlags {
  explicit TrainFlags(CLI::App& command)
      : command(command), recipe(command), machine(command), events(command) {
    command.add_option("--text", text, "The text to learn, UTF-8")->type_name("FILE");
    command.add_option("--out", out, "Where the run is saved")->type_name("RUN")->required();
    command
        .add_option("--resume", resume,
                    "A saved run to go on with; one that was imported needs --text")
        ->type_name("RUN");
    command.add_option("--stop-at", stop_at, "Save and end after this step")->type_name("N");
  }

  // An empty value is given too: a script's variable may be empty.
  bool given(const std::string& flag) const { return command.count(flag) > 0; }

  CLI::App& command;
  RecipeFlags recipe;
  MachineFlags machine;
  Events events;
  std::string text, out, resume, stop_at;
};

Error usage(const std::string& message) {
  return {"usage", "", message};
}

Result<std::unique_ptr<Trainer>> resume_run(const TrainFlags& flags,
                                            const TrainerOptions& options) {
  if (const std::string other = flags.recipe.given_besides({"steps", "lr", "min_lr", "grad_clip"});
      !other.empty())
    return usage(other +
                 " cannot go with --resume: the recipe is the saved run's. Only --steps can "
                 "be given, to lengthen it, and --lr, --min-lr and --grad-clip, to change how far "
                 "steps go from here on.");
  const Result<std::vector<std::uint8_t>> file = read_run(flags.resume);
  if (!file.ok()) return file.error();
  const Result<std::string> text =
      flags.given("--text") ? read_text(flags.text) : Result<std::string>("");
  if (!text.ok()) return text.error();
  Result<std::unique_ptr<Trainer>> trainer = Trainer::load(file.value(), options, text.value());
  if (!trainer.ok()) return trainer;
  if (!trainer.value()->has_text()) {
    if (flags.given("--text")) return check_text(text.value()).error();
    return usage(
        "--text is missing: this run is a model that came without one. Name the text that it is "
        "to learn.");
  }
  if (flags.given("--text") && text.value() != trainer.value()->text())
    return usage("The text " + in_quotes(flags.text) +
                 " is not the one that this run learns. Leave --text out: the run holds its own. "
                 "To train its model on another, import it first.");
  if (const Arithmetic kept = trainer.value()->arithmetic();
      flags.machine.class_given() && options.arithmetic != kept)
    return usage("--class is " + in_quotes(arithmetic_name(options.arithmetic)) +
                 ", but the saved run is of class " + arithmetic_name(kept) +
                 " and stays so. Leave --class out.");
  Recipe changed = trainer.value()->recipe();
  for (const char* name : {"steps", "lr", "min_lr", "grad_clip"}) {
    const std::string* given = flags.recipe.value(name);
    if (!given) continue;
    if (Status status = set_setting(changed, name, *given); !status.ok()) return status.error();
  }
  if (Status status = trainer.value()->change_schedule(changed.changeable()); !status.ok())
    return status.error();
  return trainer;
}

Result<std::unique_ptr<Trainer>> new_run(const TrainFlags& flags, const TrainerOptions& options) {
  if (!flags.given("--text")) return usage("--text is missing: name the text to learn.");
  const Result<Recipe> recipe = flags.recipe.recipe();
  if (!recipe.ok()) return recipe.error();
  if (Status status = check_from_scratch(recipe.value()); !status.ok()) return status.error();
  Result<std::string> text = read_text(flags.text);
  if (!text.ok()) return text.error();
  return Trainer::create(recipe.value(), std::move(text.value()), options);
}

// Says so where the text gives fewer tokens than "bpe:N" asks for.
void report_vocabulary(const Events& events, const Trainer& trainer) {
  const int asked = number_after("bpe:", trainer.recipe().tokenizer).value_or(0);
  const int found = trainer.config().vocab_size;
  if (found >= asked) return;
  events.emit({{"event", "vocabulary"}, {"asked", asked}, {"found", found}},
              "The text gives " + with_commas(found) + " tokens, not " + with_commas(asked) +
                  ": beyond these, no two stand side by side twice.");
}

// The step after which training ends.
Result<std::int64_t> last_step(const TrainFlags& flags, const Trainer& trainer) {
  const std::int64_t steps = trainer.recipe().steps, done = trainer.steps_done();
  if (!flags.given("--stop-at")) return steps;
  if (done == steps)
    return usage("--stop-at is " + in_quotes(flags.stop_at) + ", but all " +
                 counted(steps, "step") + " of the schedule are done. Raise --steps to go on.");
  return parse_whole_number("--stop-at", flags.stop_at, done + 1, steps);
}

EvalProgress evaluate(Trainer& trainer) {
  trainer.begin_evaluation();
  for (;;)
    if (const EvalProgress progress = trainer.continue_evaluation(); progress.done) return progress;
}

void report_step(const Events& events, const StepResult& step, double seconds, bool for_people) {
  const double rate = static_cast<double>(step.tokens) / seconds;
  events.emit({{"event", "step"},
               {"step", step.step},
               {"loss", step.loss},
               {"lr", step.lr},
               {"grad_norm", step.grad_norm},
               {"tokens_per_second", rate}},
              for_people
                  ? "step " + with_commas(step.step) + "  loss " + fixed(step.loss, 4) + "  lr " +
                        scientific(step.lr, 2) + "  norm " + fixed(step.grad_norm, 2) + "  " +
                        with_commas(static_cast<std::uint64_t>(rate)) + " tokens/s"
                  : "");
}

void report_evaluation(const Events& events, const EvalProgress& evaluation) {
  events.emit({{"event", "eval"},
               {"step", evaluation.step},
               {"train_loss", evaluation.train_loss},
               {"val_loss", number_or_null(evaluation.val_loss)}},
              "step " + with_commas(evaluation.step) + "  train loss " +
                  fixed(evaluation.train_loss, 4) + "  validation loss " +
                  fixed(evaluation.val_loss, 4));
}

void report_done(const TrainFlags& flags, const Trainer& trainer, double val_loss) {
  const std::int64_t skipped = trainer.steps_skipped();
  nlohmann::ordered_json event = {{"event", "done"},
                                  {"step", trainer.steps_done()},
                                  {"val_loss", number_or_null(val_loss)},
                                  {"fingerprint", trainer.fingerprint()},
                                  {"class", arithmetic_name(trainer.arithmetic())}};
  if (skipped > 0) event["skipped"] = skipped;
  flags.events.emit(event, "step " + with_commas(trainer.steps_done()) + "  validation loss " +
                               fixed(val_loss, 4) + "  fingerprint " + trainer.fingerprint() +
                               " (" + arithmetic_name(trainer.arithmetic()) + ")  saved to " +
                               flags.out +
                               (skipped > 0 ? "  " + counted(skipped, "step") + " skipped" : ""));
}

Result<int> train(const TrainFlags& flags) {
  const std::unique_ptr<ThreadPool> pool = flags.machine.pool();
  const Result<Arithmetic> arithmetic = flags.machine.arithmetic();
  if (!arithmetic.ok()) return arithmetic.error();
  const TrainerOptions options{.pool = *pool, .arithmetic = arithmetic.value()};
  Result<std::unique_ptr<Trainer>> made =
      flags.given("--resume") ? resume_run(flags, options) : new_run(flags, options);
  if (!made.ok()) return made.error();
  Trainer& trainer = *made.value();

  const Result<std::int64_t> last = last_step(flags, trainer);
  if (!last.ok()) return last.error();
  Saver saver(flags.out, trainer);
  // Found out now, not after hours: whether the file can be written.
  if (Status status = saver.save(); !status.ok()) return status.error();
  heed_signals();
  report_vocabulary(flags.events, trainer);

  auto shown = Clock::now() - std::chrono::hours(1);
  EvalProgress evaluation;
  for (;;) {
    if (trainer.evaluation_due()) {
      evaluation = evaluate(trainer);
      report_evaluation(flags.events, evaluation);
      if (Status status = saver.save(); !status.ok()) return status.error();
    }
    if (trainer.steps_done() >= last.value() || interrupted) break;
    const auto start = Clock::now();
    const Result<StepResult> step = trainer.step();
    if (!step.ok()) {
      if (Status status = saver.save(); !status.ok()) return status.error();
      if (step.error().code != "diverged") return step.error();
      report_divergence(flags.events, trainer);
      return Error{"diverged", "", divergence_line(trainer, flags.out)};
    }
    if (step.value().skipped) {
      report_skipped(flags.events, trainer);
      continue;
    }
    const bool for_people = seconds_since(shown) >= 1;
    if (for_people) shown = Clock::now();
    report_step(flags.events, step.value(), seconds_since(start), for_people);
    if (Status status = saver.save_if_due(); !status.ok()) return status.error();
  }
  if (Status status = saver.save(); !status.ok()) return status.error();
  if (!evaluation.done || evaluation.step != trainer.steps_done()) evaluation = evaluate(trainer);
  report_done(flags, trainer, evaluation.val_loss);
  return 0;
}

}  // namespace

void add_train(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("train", "Train a model on a text, and save the run");
  const auto flags = std::make_shared<TrainFlags>(*command);
  command->callback([flags, &chosen] { chosen = [flags] { return train(*flags); }; });
}

}  // namespace clearformer::cli
