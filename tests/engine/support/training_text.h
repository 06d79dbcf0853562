#pragma once

#include <string>

#include "base/rng.h"

namespace clearformer::test {

// Sentences from a small grammar, the same everywhere: learnable, with a character outside of
// ASCII.
inline std::string training_text(int sentences, std::uint64_t seed = 1) {
  static constexpr const char* kWho[] = {"the fox", "a hen", "Zoë", "my dog"};
  static constexpr const char* kDoes[] = {"sees", "likes", "follows"};
  const Rng rng(seed, Stream::kTest);
  std::string text;
  std::uint64_t draw = 0;
  for (int i = 0; i < sentences; ++i) {
    text += kWho[rng.below(draw++, 4)];
    text += ' ';
    text += kDoes[rng.below(draw++, 3)];
    text += ' ';
    text += kWho[rng.below(draw++, 4)];
    text += ".\n";
  }
  return text;
}

}  // namespace clearformer::test
