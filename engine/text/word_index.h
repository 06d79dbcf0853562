#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace clearformer {

// Numbers the different words of a text in the order in which they first come.
class WordIndex {
 public:
  static constexpr int kNone = -1;
  // How many bytes different words may have together: several times those of a large book. What
  // comes beyond, in texts of another kind, has no number.
  static constexpr std::size_t kMaxBytes = 4 << 20;

  // The word's number; kNone where it has none. The word's bytes must outlive the index.
  int number(std::string_view word);
  const std::vector<std::string_view>& words() const { return words_; }

 private:
  // Where the word's number is, or belongs.
  int& slot_of(std::string_view word);
  void grow();

  std::vector<std::string_view> words_;
  std::vector<int> slots_;  // twice as many as words, at least, a power of two; kNone is free
  std::size_t bytes_ = 0;
};

}  // namespace clearformer
