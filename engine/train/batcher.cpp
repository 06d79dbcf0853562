#include "train/batcher.h"

#include <algorithm>

#include "base/check.h"

namespace clearformer {

void draw_batch(Token* inputs, Token* targets, std::span<const Token> text, const Rng& rng,
                std::int64_t B, std::int64_t T) {
  CHECK(static_cast<std::int64_t>(text.size()) > T);
  for (std::int64_t b = 0; b < B; ++b) {
    const Token* passage = text.data() + rng.below(b, text.size() - T);
    std::copy_n(passage, T, inputs + b * T);
    std::copy_n(passage + 1, T, targets + b * T);
  }
}

}  // namespace clearformer
