#include <algorithm>

#include "cli/commands.h"
#include "cli/events.h"
#include "cli/flags.h"
#include "train/benchmark.h"

namespace clearformer::cli {
namespace {

struct BenchFlags {
  explicit BenchFlags(CLI::App& command) : recipe(command), machine(command), events(command) {}

  RecipeFlags recipe;
  MachineFlags machine;
  Events events;
};

// The report for people: the whole step, then where its time goes, the longest first.
std::string report(const Benchmark& b) {
  std::string text = fixed(b.ms_per_step, 2) + " ms a step, " + fixed(b.tokens_per_second, 0) +
                     " tokens/s\n" + fixed(b.gflops, 1) + " GFLOP/s, " +
                     fixed(100 * b.fraction_of_peak, 0) + " % of the " + fixed(b.peak_gflops, 1) +
                     " that multiply-add alone reaches (" + arithmetic_name(b.arithmetic) + ")\n";
  const char* separator = "";
  for (const MemoryKind kind : kMemoryKinds) {
    text += separator + std::string(memory_kind_name(kind)) + " " +
            fixed(static_cast<double>(b.memory.bytes(kind)) / 1e6, 1) + " MB";
    separator = ", ";
  }
  text += "\nsampling " + fixed(b.sample_tokens_per_second, 0) + " tokens/s\n";

  double total = 0;
  for (const OpTime& op : b.ops) total += op.seconds;
  std::vector<OpTime> ops = b.ops;
  std::sort(ops.begin(), ops.end(),
            [](const OpTime& x, const OpTime& y) { return x.seconds > y.seconds; });
  for (const OpTime& op : ops) {
    char line[160];
    std::snprintf(line, sizeof line, "\n%6.2f ms %5.1f %%  %s", op.seconds * 1e3,
                  100 * op.seconds / total, op.op);
    text += line;
    if (op.flops > 0) text += "  " + fixed(op.flops / op.seconds / 1e9, 1) + " GFLOP/s";
  }
  return text;
}

Result<int> bench(const BenchFlags& flags) {
  constexpr double kSeconds = 3;
  const Result<Recipe> recipe = flags.recipe.recipe();
  if (!recipe.ok()) return recipe.error();
  const std::unique_ptr<ThreadPool> pool = flags.machine.pool();
  const Result<Arithmetic> arithmetic = flags.machine.arithmetic();
  if (!arithmetic.ok()) return arithmetic.error();
  const Result<Benchmark> benchmark =
      run_benchmark(recipe.value(), {.pool = *pool, .arithmetic = arithmetic.value()}, kSeconds);
  if (!benchmark.ok()) return benchmark.error();
  flags.events.emit(nlohmann::ordered_json::parse(benchmark_to_json(benchmark.value())),
                    report(benchmark.value()));
  return 0;
}

}  // namespace

void add_bench(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("bench", "Measure training steps and sampling");
  const auto flags = std::make_shared<BenchFlags>(*command);
  command->callback([flags, &chosen] { chosen = [flags] { return bench(*flags); }; });
}

}  // namespace clearformer::cli
