#include "inspect/health.h"

#include "cli/commands.h"
#include "cli/events.h"
#include "cli/flags.h"
#include "inspect/lr_finder.h"
#include "inspect/run_copy.h"

namespace clearformer::cli {
namespace {

using Json = nlohmann::ordered_json;

struct HealthFlags {
  explicit HealthFlags(CLI::App& command) : machine(command, false), events(command) {
    command.add_option("--model", model, "A saved run, which stays as it is")
        ->type_name("RUN")
        ->required();
    text_option =
        command.add_option("--text", text, "What a model that came without a text is to learn")
            ->type_name("FILE");
    command.add_flag("--find-lr", find_lr,
                     "Look for a learning rate instead: a short training from the beginning");
  }

  MachineFlags machine;
  Events events;
  std::string model, text;
  CLI::Option* text_option;
  bool find_lr = false;
};

// "1.23e-04", or a dash for what there is not.
std::string shown(const Json& number, int digits = 2) {
  return number.is_null() ? "-" : scientific(number.get<double>(), digits);
}

// One event for each element of a list: its members, and a line for people.
template <class Line>
void tell_each(const HealthFlags& flags, const char* event, const Json& list, Line&& line) {
  for (const Json& element : list) {
    Json told = {{"event", event}};
    told.update(element);
    flags.events.emit(told, line(element));
  }
}

// The members that are no list, after those before them.
Json rest_of(const Json& object) {
  Json rest = {{"event", "done"}};
  for (const auto& [name, value] : object.items())
    if (!value.is_array()) rest[name] = value;
  return rest;
}

void tell_health(const HealthFlags& flags, const Json& health) {
  if (!flags.events.json())
    flags.events.emit({}, "   weights   gradient     update     update/weights");
  tell_each(flags, "tensor", health["tensors"], [](const Json& t) {
    std::string line;
    for (const char* const column : {"weight", "gradient", "update", "ratio"})
      line += "  " + shown(t[column]);
    return line + "  " + t["name"].get<std::string>();
  });
  tell_each(flags, "head", health["heads"], [](const Json& h) {
    return "layer " + h["layer"].dump() + ", head " + h["head"].dump() + ": entropy " +
           shown(h["entropy"]) + " nats, " + shown(h["fraction"]) + " of the most";
  });
  tell_each(flags, "mlp", health["mlps"], [](const Json& m) {
    return "layer " + m["layer"].dump() + ": " + m["dead"].dump() + " of " + m["units"].dump() +
           " hidden units are dead";
  });
  const std::string problem = health["problem"].get<std::string>();
  flags.events.emit(rest_of(health), !problem.empty()
                                         ? problem
                                         : "At step " + health["step"].dump() + " the loss is " +
                                               shown(health["loss"]) + ", the gradient's norm " +
                                               shown(health["grad_norm"]) + ".");
}

Result<int> find_lr(const HealthFlags& flags, std::span<const std::uint8_t> run, std::string text,
                    ThreadPool& pool) {
  const Result<std::unique_ptr<LrFinder>> made = LrFinder::create(run, pool, std::move(text));
  if (!made.ok()) return made.error();
  LrFinder& finder = *made.value();
  while (!finder.done()) finder.step();
  const Json found = Json::parse(lr_finder_to_json(finder));
  tell_each(flags, "point", found["points"], [](const Json& p) {
    return "lr " + shown(p["lr"]) + "  loss " + fixed(p["loss"].get<double>(), 4) + "  smoothed " +
           fixed(p["smoothed"].get<double>(), 4);
  });
  flags.events.emit(rest_of(found), found["suggested"].is_null()
                                        ? "The loss did not fall at any rate."
                                        : "Try a learning rate of " + shown(found["suggested"], 1) +
                                              ": a tenth of where the loss is lowest.");
  return 0;
}

Result<int> health(const HealthFlags& flags) {
  const std::unique_ptr<ThreadPool> pool = flags.machine.pool();
  const Result<std::vector<std::uint8_t>> file = read_run(flags.model);
  if (!file.ok()) return file.error();
  std::string text;
  if (flags.text_option->count() > 0) {
    Result<std::string> read = read_text(flags.text);
    if (!read.ok()) return read.error();
    text = std::move(read.value());
  }
  if (flags.find_lr) return find_lr(flags, file.value(), std::move(text), *pool);
  const Result<std::unique_ptr<Trainer>> copy = copy_run(file.value(), *pool, std::move(text));
  if (!copy.ok()) return copy.error();
  const Result<Health> examined = examine(*copy.value(), *pool);
  if (!examined.ok()) return examined.error();
  tell_health(flags, Json::parse(health_to_json(examined.value())));
  return 0;
}

}  // namespace

void add_health(CLI::App& app, Command& chosen) {
  CLI::App* command =
      app.add_subcommand("health", "Tell how a run does at its next step, or find it a rate");
  const auto flags = std::make_shared<HealthFlags>(*command);
  command->callback([flags, &chosen] { chosen = [flags] { return health(*flags); }; });
}

}  // namespace clearformer::cli
