// Matrix products in the three forms that training needs, at one thread. GFLOP/s is 2 M N K / time.
#include <benchmark/benchmark.h>

#include <vector>

#include "base/rng.h"
#include "kernels/gemm.h"

namespace clearformer {
namespace {

std::vector<float> numbers(std::int64_t size) {
  const Rng rng(1, Stream::kTest);
  std::vector<float> out(size);
  for (std::int64_t i = 0; i < size; ++i) out[i] = rng.uniform(i) - 0.5f;
  return out;
}

enum class Form { forward, input_gradient, weight_gradient };

// `rows` tokens, a weight (C_in, C_out).
void product(benchmark::State& state, Form form, Arithmetic arithmetic) {
  const std::int64_t rows = state.range(0), C_in = state.range(1), C_out = state.range(2);
  if (arithmetic == Arithmetic::fused && !can_fuse())
    return state.SkipWithError("this build does not fuse");
  const std::vector<float> x = numbers(rows * C_in), weight = numbers(C_in * C_out),
                           dout = numbers(rows * C_out);
  std::vector<float> out(std::max({rows * C_in, C_in * C_out, rows * C_out}));
  std::vector<float> scratch(
      std::max({gemm_scratch(rows, C_out, C_in), gemm_scratch(rows, C_in, C_out),
                gemm_scratch(C_in, C_out, rows)}));
  ThreadPool pool(1);
  const Context context{pool, arithmetic, scratch};
  for (auto _ : state) {
    switch (form) {
      case Form::forward:
        gemm(context, {.data = out.data(), .stride = C_out}, matrix(x.data(), C_in),
             matrix(weight.data(), C_out), rows, C_out, C_in);
        break;
      case Form::input_gradient:
        gemm(context, {.data = out.data(), .stride = C_in}, matrix(dout.data(), C_out),
             transposed(weight.data(), C_out), rows, C_in, C_out);
        break;
      case Form::weight_gradient:
        gemm(context, {.data = out.data(), .stride = C_out, .accumulate = true},
             transposed(x.data(), C_in), matrix(dout.data(), C_out), C_in, C_out, rows);
        break;
    }
    benchmark::ClobberMemory();
  }
  state.counters["GFLOP/s"] = benchmark::Counter(2e-9 * static_cast<double>(rows * C_in * C_out),
                                                 benchmark::Counter::kIsIterationInvariantRate);
}

// Nano's and baby's layers; one token; small and odd ones.
void shapes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"rows", "C_in", "C_out"});
  b->Args({768, 128, 512})->Args({768, 512, 128})->Args({768, 128, 384})->Args({768, 128, 128});
  b->Args({2048, 384, 1536})->Args({64, 128, 512})->Args({256, 64, 192})->Args({768, 128, 65});
  b->Args({1, 128, 512})->Args({97, 101, 103});
}

BENCHMARK_CAPTURE(product, forward / strict, Form::forward, Arithmetic::strict)->Apply(shapes);
BENCHMARK_CAPTURE(product, forward / fused, Form::forward, Arithmetic::fused)->Apply(shapes);
BENCHMARK_CAPTURE(product, input_gradient / strict, Form::input_gradient, Arithmetic::strict)
    ->Apply(shapes);
BENCHMARK_CAPTURE(product, input_gradient / fused, Form::input_gradient, Arithmetic::fused)
    ->Apply(shapes);
BENCHMARK_CAPTURE(product, weight_gradient / strict, Form::weight_gradient, Arithmetic::strict)
    ->Apply(shapes);
BENCHMARK_CAPTURE(product, weight_gradient / fused, Form::weight_gradient, Arithmetic::fused)
    ->Apply(shapes);

}  // namespace
}  // namespace clearformer
