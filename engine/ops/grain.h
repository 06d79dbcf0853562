#pragma once

#include <algorithm>
#include <cstdint>

#include "base/context.h"
#include "kernels/simd.h"

namespace clearformer {

// Numbers that one task of an elementwise loop handles: enough to be worth a hand-over. A multiple
// of the lanes.
inline constexpr std::int64_t kElementsPerTask = 8192;

// How many items of `size` numbers make a task.
inline std::int64_t grain_for(std::int64_t size) {
  return std::max<std::int64_t>(1, kElementsPerTask / size);
}

// fn(i, n): lanes i .. i+n-1, over [0, size), in tasks.
template <class Fn>
void for_each_lanes(const Context& context, std::int64_t size, Fn&& fn) {
  context.pool.parallel_for(
      0, size, kElementsPerTask, [&](std::int64_t first, std::int64_t last, int) {
        simd::for_lanes(last - first, [&](std::int64_t i, auto n) { fn(first + i, n); });
      });
}

}  // namespace clearformer
