// What JavaScript sees of measuring a build: a module of its own, which scripts/bench.mjs loads,
// and the page to tell where a step's time goes.

#include <emscripten/bind.h>

#include <algorithm>
#include <string>

#include "kernels/gemm.h"
#include "train/benchmark.h"

namespace clearformer::bindings {
namespace {

struct BenchmarkReport {
  Error error;
  std::string json;  // benchmark_to_json
};

BenchmarkReport benchmark(const std::string& recipe_json, double seconds, int threads, bool fused) {
  const Result<Recipe> recipe = recipe_from_json(recipe_json);
  if (!recipe.ok()) return {recipe.error(), ""};
  ThreadPool pool(std::clamp(threads, 1, kMaxThreads));
  const Arithmetic arithmetic = fused ? Arithmetic::fused : Arithmetic::strict;
  const Result<Benchmark> result =
      run_benchmark(recipe.value(), {.pool = pool, .arithmetic = arithmetic}, seconds);
  if (!result.ok()) return {result.error(), ""};
  return {{}, benchmark_to_json(result.value())};
}

}  // namespace
}  // namespace clearformer::bindings

using namespace emscripten;
using namespace clearformer::bindings;
using clearformer::Error;

EMSCRIPTEN_BINDINGS(clearformer_bench) {
  value_object<Error>("EngineError")
      .field("code", &Error::code)
      .field("where", &Error::where)
      .field("message", &Error::message);
  value_object<BenchmarkReport>("BenchmarkReport")
      .field("error", &BenchmarkReport::error)
      .field("json", &BenchmarkReport::json);
  function("canFuse()", &clearformer::can_fuse);
  function("benchmark(recipeJson, seconds, threads, fused)", &benchmark);
}
