#include "text/character_class.h"

#include <algorithm>

namespace clearformer {
namespace {

// The runs in order, each as 4 * length + class, in 7 bits a byte, the lowest first.
constexpr std::uint8_t kRuns[] = {
#include "text/character_runs.inc"
};

}  // namespace

CharacterClasses::CharacterClasses() {
  std::uint32_t first = 0, run = 0;
  int shift = 0;
  for (const std::uint8_t byte : kRuns) {
    run |= (byte & 0x7Fu) << shift;
    shift += 7;
    if (byte & 0x80) continue;
    runs_.push_back(first << 2 | (run & 3));
    first += run >> 2;
    run = 0;
    shift = 0;
  }
}

CharacterClass CharacterClasses::of(char32_t character) const {
  const auto next = std::upper_bound(runs_.begin(), runs_.end(), character << 2 | 3);
  return static_cast<CharacterClass>(next[-1] & 3);
}

}  // namespace clearformer
