#include "text/word_index.h"

#include <cstdint>

namespace clearformer {
namespace {

// FNV-1a (Fowler, Noll, Vo), its upper bits mixed into the lower.
std::uint32_t hash(std::string_view word) {
  std::uint32_t sum = 0x811C9DC5;
  for (const char byte : word) sum = (sum ^ static_cast<unsigned char>(byte)) * 0x01000193;
  return sum ^ sum >> 15;
}

}  // namespace

int WordIndex::number(std::string_view word) {
  if (2 * words_.size() >= slots_.size()) grow();
  int& slot = slot_of(word);
  if (slot == kNone && bytes_ + word.size() <= kMaxBytes) {
    slot = static_cast<int>(words_.size());
    words_.push_back(word);
    bytes_ += word.size();
  }
  return slot;
}

int& WordIndex::slot_of(std::string_view word) {
  std::size_t at = hash(word);
  for (;; ++at) {
    int& slot = slots_[at & (slots_.size() - 1)];
    if (slot == kNone || words_[slot] == word) return slot;
  }
}

void WordIndex::grow() {
  slots_.assign(slots_.empty() ? 16 : 2 * slots_.size(), kNone);
  for (std::size_t i = 0; i < words_.size(); ++i) slot_of(words_[i]) = static_cast<int>(i);
}

}  // namespace clearformer
