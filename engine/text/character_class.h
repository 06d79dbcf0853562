#pragma once

#include <cstdint>
#include <vector>

namespace clearformer {

// The classes of characters by which text is split into words: \p{L}, \p{N} and White_Space.
enum class CharacterClass { other, letter, number, space };

// Unicode's assignment of characters to them. Where Unicode has no character (yet), the class is
// that of the character before.
class CharacterClasses {
 public:
  CharacterClasses();

  CharacterClass of(char32_t character) const;

 private:
  std::vector<std::uint32_t> runs_;  // 4 * its first character + its class, in rising order
};

}  // namespace clearformer
