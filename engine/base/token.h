#pragma once

#include <cstdint>

namespace clearformer {

// An index into the vocabulary, in [0, vocab_size).
using Token = std::int32_t;

// So that a token fits in 16 bits.
inline constexpr int kMaxVocabSize = 65'536;

}  // namespace clearformer
