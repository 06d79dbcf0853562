#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/profile.h"
#include "base/result.h"
#include "train/memory.h"
#include "train/trainer.h"

namespace clearformer {

// What work(), which returns how much it did, comes to in a second. It is done again, and twice as
// often, until that takes long enough to be told by the clock: a browser's may be as coarse as 100
// microseconds.
template <class Clock = OpTimer::Clock, class Work>
double rate_of(Work&& work) {
  constexpr double kShortest = 2e-3;  // seconds: off by a twentieth at most
  for (std::int64_t rounds = 1;; rounds *= 2) {
    double done = 0;
    const auto start = Clock::now();
    for (std::int64_t i = 0; i < rounds; ++i) done += work();
    const double time = std::chrono::duration<double>(Clock::now() - start).count();
    if (time >= kShortest) return done / time;
  }
}

// How fast a recipe trains and writes here. Medians of many; the peak is measured between the
// steps, so that a busy machine slows both.
struct Benchmark {
  double ms_per_step;
  double tokens_per_second;
  double flops_per_step;    // train/cost.h
  double gflops;            // flops_per_step / time / 1e9
  double peak_gflops;       // of multiply-add in registers, on as many threads
  double fraction_of_peak;  // median of the ratios, pair by pair
  double sample_tokens_per_second;
  double read_gigabytes_per_second;  // reading the weights again and again, one thread
  std::vector<OpTime> ops;           // of one step: means
  MemoryPlan memory;
  int threads;
  Arithmetic arithmetic;
};

// Trains on random text for about `seconds`. Errors as Trainer::create's.
Result<Benchmark> run_benchmark(const Recipe& recipe, const TrainerOptions& options,
                                double seconds);

// Floating point operations a second (train/cost.h) of training a recipe here, measured for about
// `seconds` on a smaller run of the same shape where a step of the whole would take long or much
// memory: fewer passages and layers, and narrower only where that is not enough. Errors as above.
Result<double> measure_speed(const Recipe& recipe, const TrainerOptions& options, double seconds);

// The command line's bench event.
std::string benchmark_to_json(const Benchmark& benchmark);

}  // namespace clearformer
