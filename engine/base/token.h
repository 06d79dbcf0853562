#pragma once

#include <cstdint>

namespace clearformer {

// An index into the vocabulary, in [0, vocab_size).
using Token = std::int32_t;

}  // namespace clearformer
