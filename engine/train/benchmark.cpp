#include "train/benchmark.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

#include "base/rng.h"
#include "kernels/peak.h"
#include "text/json_object.h"
#include "text/words.h"
#include "train/cost.h"

namespace clearformer {
namespace {

using Clock = OpTimer::Clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> numbers) {
  std::nth_element(numbers.begin(), numbers.begin() + numbers.size() / 2, numbers.end());
  return numbers[numbers.size() / 2];
}

// Random letters of an alphabet as large as Tiny Shakespeare's: speed does not depend on sense.
std::string random_text(const Recipe& recipe) {
  constexpr int kAlphabet = 65;
  const Rng rng(1, Stream::kTest);
  std::string text(std::max(100'000, 30 * recipe.block_size), ' ');
  for (std::size_t i = 0; i < text.size(); ++i)
    text[i] = static_cast<char>(' ' + rng.below(i, kAlphabet));
  return text;
}

// GFLOP/s of multiply-add in registers on every thread of the pool, over so many operations.
double peak_gflops(ThreadPool& pool, Arithmetic arithmetic, double flops) {
  constexpr std::int64_t kRounds = 1 << 14;
  std::vector<float> sinks(pool.n_threads(), 1.0f);
  const double rate = rate_of([&] {
    std::vector<double> done(pool.n_threads());
    pool.parallel_for(0, pool.n_threads(), 1, [&](std::int64_t first, std::int64_t, int) {
      while (done[first] < flops / pool.n_threads())
        done[first] += static_cast<double>(multiply_add_rounds(arithmetic, kRounds, sinks[first]));
    });
    return std::accumulate(done.begin(), done.end(), 0.0);
  });
  return rate / 1e9;
}

// GB/s of reading so many numbers that were just read.
double read_bandwidth(std::span<const float> numbers) {
  constexpr int kRounds = 20;
  const double bytes = static_cast<double>(numbers.size_bytes());
  std::vector<double> rates;
  float sink = 0;
  for (int i = 0; i < kRounds; ++i)
    rates.push_back(rate_of([&] {
      sink += read_all(numbers.data(), numbers.size());
      return bytes / 1e9;
    }));
  return sink == sink ? median(rates) : 0;  // keeps the reading alive
}

double sampling_rate(Generator& generator) {
  constexpr int kRounds = 5, kTokens = 50;
  std::vector<double> rates;
  for (int i = 0; i < kRounds; ++i)
    rates.push_back(rate_of([&] {
      for (int j = 0; j < kTokens; ++j) generator.next();
      return kTokens;
    }));
  return median(rates);
}

}  // namespace

Result<Benchmark> run_benchmark(const Recipe& recipe, const TrainerOptions& options,
                                double seconds) {
  Recipe endless = recipe;
  endless.steps = 10'000'000;
  Result<std::unique_ptr<Trainer>> made = Trainer::create(endless, random_text(recipe), options);
  if (!made.ok()) return made.error();
  Trainer& trainer = *made.value();

  constexpr int kWarmUp = 3, kLeast = 10;
  Error failed;
  std::int64_t tokens = 0;
  const auto step = [&](Profile* profile) {
    const Result<StepResult> result = trainer.step(profile);
    if (!result.ok()) return std::exchange(failed, result.error()), false;
    tokens = result.value().tokens;
    return true;
  };
  for (int i = 0; i < kWarmUp; ++i)
    if (!step(nullptr)) return failed;

  const double flops = step_flops(recipe, trainer.config().vocab_size);
  // As much work as a step has, so that a busy machine interrupts both as often; a large one would
  // take too long.
  const auto peak = [&, most = 1e10 * options.pool.n_threads()] {
    return peak_gflops(options.pool, options.arithmetic, std::min(flops, most));
  };
  peak();
  std::vector<double> times, peaks, fractions;
  const auto start = Clock::now();
  while (times.size() < kLeast || seconds_since(start) < seconds) {
    peaks.push_back(peak());
    times.push_back(1 / rate_of([&] { return step(nullptr); }));
    if (!failed.code.empty()) return failed;
    fractions.push_back(flops / times.back() / 1e9 / peaks.back());
  }

  Profile profile;
  const int profiled = static_cast<int>(std::min<std::size_t>(times.size(), 20));
  for (int i = 0; i < profiled; ++i)
    if (!step(&profile)) return failed;
  std::vector<OpTime> ops = profile.ops();
  for (OpTime& op : ops) {
    op.calls /= profiled;
    op.seconds /= profiled;
    op.flops /= profiled;
  }

  Generator& generator = trainer.generator();
  if (Status status = generator.begin("", {}); !status.ok()) return status.error();
  const double time = median(times);
  return Benchmark{.ms_per_step = time * 1e3,
                   .tokens_per_second = static_cast<double>(tokens) / time,
                   .flops_per_step = flops,
                   .gflops = flops / time / 1e9,
                   .peak_gflops = median(peaks),
                   .fraction_of_peak = median(fractions),
                   .sample_tokens_per_second = sampling_rate(generator),
                   .read_gigabytes_per_second = read_bandwidth(trainer.parameters()),
                   .ops = std::move(ops),
                   .memory = trainer.memory_plan(),
                   .threads = options.pool.n_threads(),
                   .arithmetic = options.arithmetic};
}

namespace {

// A step of this many operations takes some tens of milliseconds; so many bytes are there.
constexpr double kQuickFlops = 1e9;
constexpr std::int64_t kQuickBytes = 64'000'000;

bool is_quick(const Recipe& recipe, int n_threads) {
  constexpr int kVocab = 65, kTokens = 100'000;
  const ModelConfig config = recipe.model_config(kVocab);
  return step_flops(recipe, kVocab) <= kQuickFlops &&
         plan_memory(recipe, config, kTokens, kTokens, n_threads).total() <= kQuickBytes;
}

// Makes a recipe smaller in what its speed depends on least; false where nothing is left.
bool shrink(Recipe& recipe) {
  const int head_size = recipe.n_embd / recipe.n_head;
  for (int* number : {&recipe.grad_accum_steps, &recipe.batch_size, &recipe.n_layer}) {
    if (*number == 1) continue;
    *number /= 2;
    return true;
  }
  if (recipe.block_size > 16) return recipe.block_size /= 2, true;
  if (recipe.n_head > 1) {
    recipe.n_head /= 2;
    recipe.n_kv_head = std::gcd(recipe.n_kv_head, recipe.n_head);
    recipe.n_embd = recipe.n_head * head_size;
    return true;
  }
  if (recipe.n_embd > 3) return recipe.n_embd = recipe.n_embd / 4 * 2, true;  // an even number
  return false;
}

}  // namespace

Result<double> measure_speed(const Recipe& recipe, const TrainerOptions& options, double seconds) {
  if (Status status = validate_recipe(recipe); !status.ok()) return status.error();
  Recipe quick = recipe;
  quick.steps = 10'000'000;
  quick.tokenizer = "char";
  quick.val_fraction = 0;
  quick.lora_rank = 0;  // may be more than is left of the width, and changes little
  while (!is_quick(quick, options.pool.n_threads()) && shrink(quick)) continue;
  Result<std::unique_ptr<Trainer>> made = Trainer::create(quick, random_text(quick), options);
  if (!made.ok()) return made.error();
  Trainer& trainer = *made.value();
  if (Result<StepResult> warm_up = trainer.step(); !warm_up.ok()) return warm_up.error();
  std::vector<double> times;
  bool finite = true;  // else the learning rate is too high; it takes as long all the same
  for (const auto start = Clock::now();
       times.empty() || (finite && seconds_since(start) < seconds);) {
    const double rate = rate_of([&] {
      finite = trainer.step().ok();
      return 1;
    });
    times.push_back(1 / rate);
  }
  return step_flops(quick, trainer.config().vocab_size) / median(times);
}

std::string benchmark_to_json(const Benchmark& b) {
  std::string json = "{\"event\":\"bench\"";
  const auto member = [&](std::string_view name, const std::string& value) {
    json += (json.back() == '{' ? "\"" : ",\"") + std::string(name) + "\":" + value;
  };
  const auto number = [&](std::string_view name, double value) {
    member(name, format_number(value));
  };
  number("ms_per_step", b.ms_per_step);
  number("tokens_per_second", b.tokens_per_second);
  number("gflops", b.gflops);
  number("peak_gflops", b.peak_gflops);
  number("fraction_of_peak", b.fraction_of_peak);
  member("bytes", "{");
  for (const MemoryKind kind : kMemoryKinds)
    number(memory_kind_name(kind), static_cast<double>(b.memory.bytes(kind)));
  json += "}";
  number("sample_tokens_per_second", b.sample_tokens_per_second);
  number("read_gigabytes_per_second", b.read_gigabytes_per_second);
  number("flops_per_step", b.flops_per_step);
  number("threads", b.threads);
  member("class", json_string(arithmetic_name(b.arithmetic)));
  member("ops", "[");
  for (const OpTime& op : b.ops) {
    json += json.back() == '[' ? "{" : ",{";
    member("op", json_string(op.op));
    number("calls", static_cast<double>(op.calls));
    number("ms", op.seconds * 1e3);
    // A coarse clock sees no time in the shortest ops.
    number("gflops", op.seconds > 0 ? op.flops / op.seconds / 1e9 : 0);
    json += "}";
  }
  return json + "]}";
}

}  // namespace clearformer
