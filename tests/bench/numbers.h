#pragma once

#include <cstdint>
#include <vector>

#include "base/rng.h"

namespace clearformer::bench {

// Random numbers in [-1/2, 1/2), the same each time.
inline std::vector<float> numbers(std::int64_t size) {
  const Rng rng(1, Stream::kTest);
  std::vector<float> out(size);
  for (std::int64_t i = 0; i < size; ++i) out[i] = rng.uniform(i) - 0.5f;
  return out;
}

}  // namespace clearformer::bench
