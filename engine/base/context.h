#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

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
inline std::optional<Arithmetic> arithmetic_named(std::string_view name) {
  for (const Arithmetic arithmetic : {Arithmetic::strict, Arithmetic::fused})
    if (name == arithmetic_name(arithmetic)) return arithmetic;
  return std::nullopt;
}

// What every op needs besides its tensors.
struct Context {
  ThreadPool& pool;
  Arithmetic arithmetic = Arithmetic::strict;
  std::span<float> scratch;    // working memory, at least what the op's *_scratch() says
  Profile* profile = nullptr;  // where ops tell their time, if anyone asks
};

}  // namespace clearformer
