#include <algorithm>
#include <chrono>

#include "base/rng.h"
#include "cli/commands.h"
#include "cli/events.h"
#include "cli/flags.h"
#include "kernels/peak.h"
#include "train/cost.h"
#include "train/trainer.h"

namespace clearformer::cli {
namespace {

using Clock = std::chrono::steady_clock;

template <class Fn>
double seconds(Fn&& fn) {
  const auto start = Clock::now();
  fn();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct BenchFlags {
  explicit BenchFlags(CLI::App& command) : recipe(command), machine(command), events(command) {}

  RecipeFlags recipe;
  MachineFlags machine;
  Events events;
};

// Random letters of an alphabet as large as Tiny Shakespeare's: speed does not depend on sense.
std::string random_text(const Recipe& recipe) {
  constexpr int kAlphabet = 65;
  const Rng rng(1, Stream::kTest);
  std::string text(std::max(100'000, 30 * recipe.block_size), ' ');
  for (std::size_t i = 0; i < text.size(); ++i)
    text[i] = static_cast<char>(' ' + rng.below(i, kAlphabet));
  return text;
}

// The median of many: at least so many runs, and more until the time is used.
template <class Fn>
double median_seconds(double budget, Fn&& fn) {
  constexpr std::size_t kLeast = 10;
  std::vector<double> times;
  for (double total = 0; times.size() < kLeast || total < budget; total += times.back())
    times.push_back(seconds(fn));
  std::nth_element(times.begin(), times.begin() + times.size() / 2, times.end());
  return times[times.size() / 2];
}

// GFLOP/s of multiply-add in registers, on all threads of the pool.
double peak_gflops(ThreadPool& pool, Arithmetic arithmetic) {
  constexpr std::int64_t kRounds = 1 << 20;
  std::vector<float> sinks(pool.n_threads(), 1.0f);
  std::int64_t operations = 0;
  const double time = median_seconds(0.5, [&] {
    pool.parallel_for(0, pool.n_threads(), 1, [&](std::int64_t first, std::int64_t, int) {
      const std::int64_t done = multiply_add_rounds(arithmetic, kRounds, sinks[first]);
      if (first == 0) operations = done;
    });
  });
  return static_cast<double>(operations) * pool.n_threads() / time / 1e9;
}

Result<int> bench(const BenchFlags& flags) {
  const Result<Recipe> recipe = flags.recipe.recipe();
  if (!recipe.ok()) return recipe.error();
  const std::unique_ptr<ThreadPool> pool = flags.machine.pool();
  const Result<Arithmetic> arithmetic = flags.machine.arithmetic();
  if (!arithmetic.ok()) return arithmetic.error();
  const Result<std::unique_ptr<Trainer>> made =
      Trainer::create(recipe.value(), random_text(recipe.value()),
                      {.pool = *pool, .arithmetic = arithmetic.value()});
  if (!made.ok()) return made.error();
  Trainer& trainer = *made.value();

  constexpr int kWarmUp = 3;
  constexpr double kSeconds = 3;
  for (int i = 0; i < kWarmUp; ++i)
    if (const Result<StepResult> step = trainer.step(); !step.ok()) return step.error();
  std::int64_t tokens = 0;
  const double step_time = median_seconds(kSeconds, [&] {
    const Result<StepResult> step = trainer.step();
    if (step.ok()) tokens = step.value().tokens;
  });

  constexpr int kSampled = 200;
  Generator& generator = trainer.generator();
  if (Status status = generator.begin("", {}); !status.ok()) return status.error();
  const double sample_time = seconds([&] {
    for (int i = 0; i < kSampled; ++i) generator.next();
  });

  const double flops = step_flops(recipe.value(), trainer.config().vocab_size);
  const double gflops = flops / step_time / 1e9;
  const double peak = peak_gflops(*pool, arithmetic.value());
  const MemoryPlan plan = trainer.memory_plan();
  const auto megabytes = [&](MemoryKind kind) {
    return fixed(static_cast<double>(plan.bytes(kind)) / 1e6, 1) + " MB";
  };
  flags.events.emit(
      {{"event", "bench"},
       {"ms_per_step", step_time * 1e3},
       {"tokens_per_second", static_cast<double>(tokens) / step_time},
       {"gflops", gflops},
       {"peak_gflops", peak},
       {"fraction_of_peak", gflops / peak},
       {"bytes",
        {{"parameters", plan.bytes(MemoryKind::parameters)},
         {"gradients", plan.bytes(MemoryKind::gradients)},
         {"optimizer", plan.bytes(MemoryKind::optimizer)},
         {"activations", plan.bytes(MemoryKind::activations)},
         {"scratch", plan.bytes(MemoryKind::scratch)}}},
       {"sample_tokens_per_second", kSampled / sample_time},
       {"flops_per_step", flops},
       {"threads", pool->n_threads()},
       {"class", arithmetic_name(arithmetic.value())}},
      fixed(step_time * 1e3, 2) + " ms a step, " +
          fixed(static_cast<double>(tokens) / step_time, 0) + " tokens/s\n" + fixed(gflops, 1) +
          " GFLOP/s, " + fixed(100 * gflops / peak, 0) + " % of the " + fixed(peak, 1) +
          " that multiply-add alone reaches (" + arithmetic_name(arithmetic.value()) + ")\n" +
          "parameters " + megabytes(MemoryKind::parameters) + ", gradients " +
          megabytes(MemoryKind::gradients) + ", optimizer " + megabytes(MemoryKind::optimizer) +
          ", activations " + megabytes(MemoryKind::activations) + ", scratch " +
          megabytes(MemoryKind::scratch) + "\nsampling " + fixed(kSampled / sample_time, 0) +
          " tokens/s");
  return 0;
}

}  // namespace

void add_bench(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("bench", "Measure training steps and sampling");
  const auto flags = std::make_shared<BenchFlags>(*command);
  command->callback([flags, &chosen] { chosen = [flags] { return bench(*flags); }; });
}

}  // namespace clearformer::cli
