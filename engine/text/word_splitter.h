#pragma once

#include <cstddef>
#include <string_view>

#include "text/character_class.h"

namespace clearformer {

// The longest word: no text may take more than linear time. GPT-2 has no such bound.
inline constexpr std::size_t kMaxWordBytes = 1024;

// Cuts text into the words within which byte pairs are merged, by GPT-2's regular expression
// (Radford et al., 2019, encoder.py):
//   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
// Bytes that are no UTF-8 are neither letters, numbers nor spaces.
class WordSplitter {
 public:
  // The word that a text begins with: all of its characters, one at least. REQUIRES: a byte.
  std::string_view first_word(std::string_view text) const;

  // Calls visit(word) for each word of a text. They make up all of it.
  template <class Visit>
  void for_each_word(std::string_view text, Visit&& visit) const {
    while (!text.empty()) {
      const std::string_view word = first_word(text);
      visit(word);
      text.remove_prefix(word.size());
    }
  }

 private:
  struct Character {
    CharacterClass kind;
    int length;  // in bytes
  };
  Character character_at(std::string_view text, std::size_t offset) const;

  CharacterClasses classes_;
};

}  // namespace clearformer
