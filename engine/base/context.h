#pragma once

#include <cstdint>
#include <span>

#include "base/profile.h"
#include "base/thread_pool.h"

namespace clearformer {

// The two classes of arithmetic. Each gives the same bits on every machine.
enum class Arithmetic {
  strict,  // matrix products multiply, then add
  fused,   // matrix products fuse the two (FMA)
};

inline const char* arithmetic_name(Arithmetic arithmetic) {
  return arithmetic == Arithmetic::strict ? "strict" : "fused";
}

// What every op needs besides its tensors.
struct Context {
  ThreadPool& pool;
  Arithmetic arithmetic = Arithmetic::strict;
  std::span<float> scratch;    // working memory, at least what the op's *_scratch() says
  Profile* profile = nullptr;  // where ops tell their time, if anyone asks
};

}  // namespace clearformer
