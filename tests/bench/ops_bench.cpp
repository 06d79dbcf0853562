// The ops between the matrix products, at one thread. items/s counts the numbers of the tensor.
#include <benchmark/benchmark.h>

#include <vector>

#include "numbers.h"
#include "ops/activation.h"
#include "ops/norm.h"
#include "ops/softmax.h"
#include "train/optimizer.h"

namespace clearformer {
namespace {

using bench::numbers;

Context on(ThreadPool& pool) {
  return {pool, Arithmetic::strict, {}};
}

void set_rate(benchmark::State& state, std::int64_t size) {
  state.SetItemsProcessed(state.iterations() * size);
}

// Rows of attention scores, `T` positions each; in place, of what the round before has left.
void softmax(benchmark::State& state) {
  const std::int64_t rows = state.range(0), T = state.range(1);
  std::vector<float> x = numbers(rows * T);
  for (auto _ : state) {
    for (std::int64_t row = 0; row < rows; ++row)
      benchmark::DoNotOptimize(softmax_row(x.data() + row * T, 0.125f, T));
    benchmark::ClobberMemory();
  }
  set_rate(state, rows * T);
}
BENCHMARK(softmax)->ArgNames({"rows", "T"})->Args({768, 64})->Args({2048, 256})->Args({97, 101});

struct LayerNorm {
  LayerNorm(std::int64_t rows, std::int64_t C)
      : rows(rows),
        C(C),
        x(numbers(rows * C)),
        dout(numbers(rows * C)),
        weight(numbers(C)),
        out(rows * C),
        dweight(C),
        mean(rows),
        rstd(rows) {}

  void forward() {
    norm_forward(context, out.data(), mean.data(), rstd.data(), x.data(), weight.data(), nullptr,
                 {rows, C});
  }
  void backward() {
    norm_backward(context, out.data(), dweight.data(), nullptr, dout.data(), nullptr, x.data(),
                  weight.data(), mean.data(), rstd.data(), {rows, C});
  }

  ThreadPool pool{1};
  Context context = on(pool);
  std::int64_t rows, C;
  std::vector<float> x, dout, weight, out, dweight, mean, rstd;
};

void layernorm_forward(benchmark::State& state) {
  LayerNorm norm(state.range(0), state.range(1));
  for (auto _ : state) {
    norm.forward();
    benchmark::ClobberMemory();
  }
  set_rate(state, norm.rows * norm.C);
}

void layernorm_backward(benchmark::State& state) {
  LayerNorm norm(state.range(0), state.range(1));
  norm.forward();
  for (auto _ : state) {
    norm.backward();
    benchmark::ClobberMemory();
  }
  set_rate(state, norm.rows * norm.C);
}

void tokens(benchmark::internal::Benchmark* b) {
  b->ArgNames({"rows", "C"})->Args({768, 128})->Args({2048, 384})->Args({97, 101});
}
BENCHMARK(layernorm_forward)->Apply(tokens);
BENCHMARK(layernorm_backward)->Apply(tokens);

// Nano's and baby's hidden layers; an odd one.
void hidden(benchmark::internal::Benchmark* b) {
  b->ArgName("size")->Arg(768 * 512)->Arg(2048 * 1536)->Arg(9797);
}

void gelu_forward(benchmark::State& state) {
  const std::int64_t size = state.range(0);
  const std::vector<float> x = numbers(size);
  std::vector<float> out(size);
  ThreadPool pool(1);
  for (auto _ : state) {
    activation_forward(on(pool), Activation::gelu, out.data(), x.data(), 1, size);
    benchmark::ClobberMemory();
  }
  set_rate(state, size);
}

void gelu_backward(benchmark::State& state) {
  const std::int64_t size = state.range(0);
  const std::vector<float> x = numbers(size), dout = numbers(size);
  std::vector<float> out(size), dx(size);
  ThreadPool pool(1);
  for (auto _ : state) {
    activation_backward(on(pool), Activation::gelu, out.data(), dx.data(), dout.data(), x.data(), 1,
                        size);
    benchmark::ClobberMemory();
  }
  set_rate(state, size);
}
BENCHMARK(gelu_forward)->Apply(hidden);
BENCHMARK(gelu_backward)->Apply(hidden);

void adamw(benchmark::State& state) {
  const std::int64_t size = state.range(0);
  const std::vector<float> gradient = numbers(size);
  std::vector<float> parameter = numbers(size), m(size), v(size);
  ThreadPool pool(1);
  const AdamWStep step(Recipe{}, 1e-3, 1, 1.0);
  for (auto _ : state) {
    adamw_update(on(pool), step, true, parameter.data(), m.data(), v.data(), gradient.data(), size);
    benchmark::ClobberMemory();
  }
  set_rate(state, size);
}
// One matrix, and as many parameters as nano and baby have.
BENCHMARK(adamw)->ArgName("size")->Arg(128 * 512)->Arg(800'000)->Arg(10'700'000);

}  // namespace
}  // namespace clearformer
