#pragma once

#include <cstdint>

#include "base/context.h"

namespace clearformer {

// Multiplies and adds in registers as fast as this processor can: the yardstick for everything
// else. Returns how many floating point operations it did; `rounds` says how long it goes on.
// `sink` keeps the compiler from seeing that nobody needs the result.
std::int64_t multiply_add_rounds(Arithmetic arithmetic, std::int64_t rounds, float& sink);

// The sum of `size` numbers, as fast as they can be read.
float read_all(const float* numbers, std::int64_t size);

}  // namespace clearformer
