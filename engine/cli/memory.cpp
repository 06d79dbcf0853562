#include "train/memory.h"

#include "cli/commands.h"
#include "cli/events.h"
#include "cli/flags.h"
#include "inspect/timeline.h"
#include "text/words.h"

namespace clearformer::cli {
namespace {

struct MemoryFlags {
  explicit MemoryFlags(CLI::App& command)
      : recipe(command), machine(command, false), events(command) {
    command.add_flag("--timeline", timeline, "Also tell what is alive at every op of a step");
  }

  RecipeFlags recipe;
  MachineFlags machine;
  Events events;
  bool timeline = false;
};

std::string megabytes(std::int64_t bytes) {
  return fixed(static_cast<double>(bytes) / 1e6, 2) + " MB";
}

// What is alive at every op of a step.
void tell_timeline(const MemoryFlags& flags, const Recipe& recipe, const ModelConfig& config) {
  const Timeline timeline = plan_timeline(recipe, config, flags.machine.threads());
  for (const Moment& moment : timeline.moments) {
    char line[160];
    std::snprintf(line, sizeof line, "%10s  %-8s  %-22s  %s", megabytes(moment.alive).c_str(),
                  phase_name(moment.phase), moment.op.c_str(), moment.what.c_str());
    flags.events.emit({{"event", "moment"},
                       {"phase", phase_name(moment.phase)},
                       {"op", moment.op},
                       {"what", moment.what},
                       {"alive", moment.alive}},
                      line);
  }
  flags.events.emit({{"event", "timeline"},
                     {"passes", timeline.passes},
                     {"peak", timeline.peak},
                     {"reserved", timeline.reserved}},
                    "At most " + megabytes(timeline.peak) + " of the " +
                        megabytes(timeline.reserved) + " that a step has are alive at once.");
}

Result<int> memory(const MemoryFlags& flags) {
  const Result<Recipe> recipe = flags.recipe.recipe();
  if (!recipe.ok()) return recipe.error();
  const std::optional<int> asked = number_after("bpe:", recipe.value().tokenizer);
  const ModelConfig config = recipe.value().model_config(asked.value_or(kAssumedVocabSize));
  const MemoryPlan plan = plan_memory(recipe.value(), config, 0, 0, flags.machine.threads());
  for (const Buffer& buffer : plan.buffers) {
    if (buffer.kind == MemoryKind::text) continue;  // there is none yet
    char line[160];
    std::snprintf(line, sizeof line, "%10s  %-11s  %-4s  %-22s", megabytes(buffer.bytes).c_str(),
                  memory_kind_name(buffer.kind), lifetime_name(buffer.lifetime),
                  buffer.name.c_str());
    flags.events.emit({{"event", "buffer"},
                       {"name", buffer.name},
                       {"kind", memory_kind_name(buffer.kind)},
                       {"bytes", buffer.bytes},
                       {"lifetime", lifetime_name(buffer.lifetime)},
                       {"why", buffer.why}},
                      line + buffer.why);
  }
  if (flags.timeline) tell_timeline(flags, recipe.value(), config);
  const std::int64_t passing =
      plan.bytes(MemoryKind::activations) + plan.bytes(MemoryKind::scratch);
  const std::int64_t tape = tape_bytes(recipe.value(), config);
  const double share = static_cast<double>(passing) / static_cast<double>(tape);
  flags.events.emit(
      {{"event", "done"}, {"total", plan.total()}, {"passing", passing}, {"tape", tape}},
      megabytes(plan.total()) + " in all, without the text. Activations and scratch are " +
          megabytes(passing) + ", " + fixed(100 * share, 1) + " % of the " + megabytes(tape) +
          " of a tape that keeps everything.");
  return 0;
}

}  // namespace

void add_memory(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("memory", "Tell what a recipe's memory is for");
  const auto flags = std::make_shared<MemoryFlags>(*command);
  command->callback([flags, &chosen] { chosen = [flags] { return memory(*flags); }; });
}

}  // namespace clearformer::cli
