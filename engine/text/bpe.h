#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/token.h"

namespace clearformer {

// The first tokens are single bytes.
inline constexpr int kByteTokens = 256;

// Two tokens that stand side by side and become one.
struct Merge {
  Token left, right;

  bool operator==(const Merge&) const = default;
};

// Byte-level byte-pair encoding (Sennrich et al., 2016; Radford et al., 2019). A text is cut into
// words (word_splitter.h); in each, side by side tokens that have a merge become one, the earliest
// merge first, until there are none. Merge i makes token kByteTokens + i. Without merges, a token
// is a byte. Last come special tokens, which a model of somebody else's may have and no text is
// read as: what stands for the end of a text, say. Their bytes are their names.
class Bpe {
 public:
  // REQUIRES: what from_string would take.
  explicit Bpe(std::vector<Merge> merges = {}, std::string special = {});
  // Reads what to_string() gives, and names of special tokens, a line each. Each merge must be of
  // earlier tokens. Its bytes, and a name's, must be no other token's, and no more than a word can
  // have; the vocabulary must be within kMaxVocabSize. Error "file".
  static Result<Bpe> from_string(std::string_view merges, std::string_view special = {});
  // The two tokens of each merge: "32 116,104 101".
  std::string to_string() const;

  int vocab_size() const { return first_special() + n_special_; }
  const std::vector<Merge>& merges() const { return merges_; }
  // The special tokens' names, a line each.
  const std::string& special() const { return special_; }
  Token first_special() const { return kByteTokens + static_cast<Token>(merges_.size()); }

  // The tokens of any bytes, which their pieces join to again.
  std::vector<Token> encode(std::string_view text) const;
  // Appends a token's bytes, at most kMaxWordBytes. REQUIRES: 0 <= token < vocab_size().
  void append_piece(Token token, std::string& out) const;

 private:
  std::string shown(Token made) const;  // as to_string() has it
  std::string_view special(int i) const;
  // Where a pair is, or belongs.
  std::size_t slot_of(std::uint64_t pair) const;
  // What two tokens become; kNone where they stay two.
  Token merged(Token left, Token right) const;
  void encode_word(std::string_view word, std::vector<Token>& out) const;
  // The first token whose bytes an earlier one has, kNone where there is none, among the tokens
  // that take WordIndex::kMaxBytes together. `lengths` are those of all, in bytes.
  Token repeated_piece(std::span<const std::size_t> lengths) const;

  std::vector<Merge> merges_;
  std::string special_;
  int n_special_;
  // Left, right and what they become, 16 bits each, where the pair's hash says or the next free
  // one; 0 is free. At least twice as many as merges, a power of two.
  std::vector<std::uint64_t> slots_;
};

// The merges that make up to `vocab_size` tokens of a text. Each is of the two tokens that stand
// side by side most often, overlapping ones counted each; of equals, of those with the smallest
// numbers, the left one's first. It ends early where no two stand together twice. Only the first
// WordIndex::kMaxBytes of different words count.
//
// No two tokens have the same bytes: until a merge reaches across an end of some bytes, all merges
// within them are the same wherever they stand, so they become one token by one merge alone.
// REQUIRES: vocab_size <= kMaxVocabSize.
std::vector<Merge> learn_merges(std::string_view text, int vocab_size);

}  // namespace clearformer
