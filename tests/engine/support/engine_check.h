#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/rng.h"
#include "kernels/gemm.h"
#include "ops/dropout.h"
#include "tests/engine/support/reference_check.h"

// Running the engine's ops in each class of arithmetic with several numbers of threads, and
// comparing bits.
namespace clearformer::test {

// Numbers of threads that a result must not depend on. WebAssembly without threads has one only.
inline const std::vector<int>& thread_counts() {
#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
  static const std::vector<int> counts = {1};
#else
  static const std::vector<int> counts = {1, 2, 3};
#endif
  return counts;
}

// Pools that stay from test to test.
inline ThreadPool& pool_of(int n_threads) {
  static std::unique_ptr<ThreadPool> pools[kMaxThreads + 1];
  std::unique_ptr<ThreadPool>& pool = pools[n_threads];
  if (!pool) pool = std::make_unique<ThreadPool>(n_threads);
  return *pool;
}

// The classes of arithmetic that this build has.
inline std::vector<Arithmetic> arithmetics() {
  if (!can_fuse()) return {Arithmetic::strict};
  return {Arithmetic::strict, Arithmetic::fused};
}

// A context whose scratch holds NaN at first: an op must not read what it has not written.
class EngineContext {
 public:
  EngineContext(int n_threads, Arithmetic arithmetic, std::int64_t scratch_size = 0)
      : scratch_(nans<float>(scratch_size)),
        context_{pool_of(n_threads), arithmetic, std::span<float>(scratch_)} {}
  operator const Context&() const { return context_; }
  const Context& get() const { return context_; }

 private:
  std::vector<float> scratch_;
  Context context_;
};

inline std::uint32_t bits_of(float x) {
  return std::bit_cast<std::uint32_t>(x);
}

// Expects the same bits at every coordinate; names the first that differs.
inline void expect_same_bits(const std::string& name, const std::vector<float>& actual,
                             const std::vector<float>& expected) {
  ASSERT_EQ(actual.size(), expected.size()) << name;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (bits_of(actual[i]) != bits_of(expected[i])) {
      ADD_FAILURE() << name << "[" << i << "] is " << actual[i] << ", not the same bits as "
                    << expected[i];
      return;
    }
  }
}

// Runs run(context) -> Tensors<float> in each class of arithmetic with each number of threads;
// scratch(n_threads) says how many floats of scratch it needs. Expects the bits not to depend on
// the threads, and passes each class's results to check(results).
template <class Scratch, class Run, class Check>
void for_each_class(const Scratch& scratch, const Run& run, const Check& check) {
  for (const Arithmetic arithmetic : arithmetics()) {
    SCOPED_TRACE(arithmetic_name(arithmetic));
    Tensors<float> first;
    for (const int n_threads : thread_counts()) {
      SCOPED_TRACE("threads: " + std::to_string(n_threads));
      const EngineContext context(n_threads, arithmetic, scratch(n_threads));
      const Tensors<float> results = run(context.get());
      if (first.empty()) first = results;
      ASSERT_EQ(results.size(), first.size());
      for (std::size_t i = 0; i < results.size(); ++i)
        expect_same_bits("tensor " + std::to_string(i), results[i], first[i]);
    }
    check(first);
  }
}

// The same, compared with the reference at float's unit roundoff.
template <class Scratch, class Run>
void expect_engine_agrees(const std::vector<std::string>& names,
                          const std::vector<Expected>& expected, const Scratch& scratch,
                          const Run& run) {
  ASSERT_EQ(names.size(), expected.size());
  for_each_class(scratch, run, [&](const Tensors<float>& results) {
    ASSERT_EQ(results.size(), expected.size());
    for (std::size_t i = 0; i < results.size(); ++i) {
      ASSERT_EQ(results[i].size(), expected[i].values.size()) << names[i];
      expect_agrees(names[i], results[i].data(), expected[i], kFloatUnit);
    }
  });
}

inline std::int64_t no_scratch(int) {
  return 0;
}

// A draw of dropout for tests.
inline Dropout test_dropout(float p) {
  return {p, Rng(99, Stream::kTest, 5)};
}

// The scales that the engine multiplies `size` activations by, as the reference takes them; empty
// where nothing is dropped.
inline std::vector<double> replayed(const Dropout& dropout, std::int64_t size) {
  if (!dropout.active()) return {};
  std::vector<float> ones(size, 1.0f);
  apply_dropout(ones.data(), dropout, 0, size);
  return converted<double>(ones);
}

}  // namespace clearformer::test
