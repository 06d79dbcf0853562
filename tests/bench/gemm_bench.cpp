// Matrix products in the three forms that training needs, at one thread. GFLOP/s is 2 M N K / time.
#include <benchmark/benchmark.h>

#include "products.h"

namespace clearformer::bench {
namespace {

void product(benchmark::State& state, Form form, Arithmetic arithmetic) {
  if (arithmetic == Arithmetic::fused && !can_fuse())
    return state.SkipWithError("this build does not fuse");
  Layer layer(state.range(0), state.range(1), state.range(2));
  ThreadPool pool(1);
  for (auto _ : state) {
    layer.multiply(pool, form, arithmetic);
    benchmark::ClobberMemory();
  }
  state.counters["GFLOP/s"] =
      benchmark::Counter(1e-9 * layer.flops(), benchmark::Counter::kIsIterationInvariantRate);
}

// Nano's and baby's layers; one token; small and odd ones.
void shapes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"rows", "C_in", "C_out"});
  b->Args({768, 128, 512})->Args({768, 512, 128})->Args({768, 128, 384})->Args({768, 128, 128});
  b->Args({2048, 384, 1536})->Args({64, 128, 512})->Args({256, 64, 192})->Args({768, 128, 65});
  b->Args({1, 128, 512})->Args({97, 101, 103});
}

const int kRegistered = [] {
  for (const Arithmetic arithmetic : {Arithmetic::strict, Arithmetic::fused})
    for (const Form form : kForms) {
      const std::string name = std::string(form_name(form)) + ", " + arithmetic_name(arithmetic);
      shapes(benchmark::RegisterBenchmark(name.c_str(), product, form, arithmetic));
    }
  return 0;
}();

}  // namespace
}  // namespace clearformer::bench
