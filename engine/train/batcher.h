#pragma once

#include <cstdint>
#include <span>

#include "base/rng.h"
#include "base/token.h"

namespace clearformer {

// Fills a batch with B random passages of T tokens and what follows each token.
// inputs, targets: (B, T). REQUIRES: text has at least T + 1 tokens.
void draw_batch(Token* inputs, Token* targets, std::span<const Token> text, const Rng& rng,
                std::int64_t B, std::int64_t T);

}  // namespace clearformer
