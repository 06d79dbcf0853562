#include "text/bpe.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include "text/word_index.h"
#include "text/word_splitter.h"
#include "text/words.h"

namespace clearformer {
namespace {

constexpr Token kNone = std::numeric_limits<Token>::max();  // after every merge

std::uint64_t pair_of(Token left, Token right) {
  return static_cast<std::uint64_t>(left) << 16 | static_cast<std::uint64_t>(right);
}

Error broken_merge(std::string_view shown, Token made) {
  return {"file", "",
          "The tokenizer's merge " + in_quotes(shown) + " cannot make token " +
              std::to_string(made) +
              ": a merge is of two earlier tokens, is there once, and makes no token beyond 65,535 "
              "or of more than 1,024 bytes."};
}
static_assert(kMaxVocabSize == 65'536 && kMaxWordBytes == 1024);

}  // namespace

Bpe::Bpe(std::vector<Merge> merges)
    : merges_(std::move(merges)), slots_(std::bit_ceil(2 * merges_.size() + 1)) {
  for (Token made = kByteTokens; const auto& [left, right] : merges_) {
    const std::uint64_t pair = pair_of(left, right);
    slots_[slot_of(pair)] = pair << 16 | static_cast<std::uint64_t>(made++);
  }
}

std::size_t Bpe::slot_of(std::uint64_t pair) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = pair * 0x9E3779B97F4A7C15 >> 32 & mask;  // 2^64 / golden ratio: Knuth, 6.4
  while (slots_[at] != 0 && slots_[at] >> 16 != pair) at = (at + 1) & mask;
  return at;
}

Result<Bpe> Bpe::from_string(std::string_view text) {
  std::vector<Merge> merges;
  std::vector<std::size_t> lengths(kByteTokens, 1);
  for (bool more = !text.empty(); more;) {
    const std::string_view shown = text.substr(0, text.find(','));
    more = shown.size() < text.size();
    text.remove_prefix(shown.size() + more);
    const auto made = static_cast<Token>(lengths.size());
    const std::size_t space = std::min(shown.find(' '), shown.size());
    const Token left = number_after("", shown.substr(0, space)).value_or(made);
    const Token right = number_after(" ", shown.substr(space)).value_or(made);
    if (made == kMaxVocabSize || left >= made || right >= made ||
        lengths[left] + lengths[right] > kMaxWordBytes)
      return broken_merge(shown, made);
    lengths.push_back(lengths[left] + lengths[right]);
    merges.push_back({left, right});
  }
  Bpe bpe(std::move(merges));
  // Of a merge that is there twice, the later one has the slot.
  for (Token made = kByteTokens; made < bpe.vocab_size(); ++made) {
    const auto [left, right] = bpe.merges_[made - kByteTokens];
    if (const Token last = bpe.merged(left, right); last != made)
      return broken_merge(bpe.shown(made), last);
  }
  return bpe;
}

std::string Bpe::to_string() const {
  std::string text;
  for (Token made = kByteTokens; made < vocab_size(); ++made)
    text += (text.empty() ? "" : ",") + shown(made);
  return text;
}

std::string Bpe::shown(Token made) const {
  const auto [left, right] = merges_[made - kByteTokens];
  return std::to_string(left) + " " + std::to_string(right);
}

Token Bpe::merged(Token left, Token right) const {
  const std::uint64_t slot = slots_[slot_of(pair_of(left, right))];
  return slot == 0 ? kNone : static_cast<Token>(slot & 0xFFFF);
}

std::vector<Token> Bpe::encode(std::string_view text) const {
  std::vector<Token> tokens;
  if (merges_.empty()) {
    tokens.reserve(text.size());
    for (const char byte : text) tokens.push_back(static_cast<unsigned char>(byte));
    return tokens;
  }
  WordIndex index;
  std::vector<std::pair<std::size_t, std::size_t>> known;  // where a word's tokens are already
  WordSplitter().for_each_word(text, [&](std::string_view word) {
    const int number = index.number(word);
    if (number >= 0 && number < static_cast<int>(known.size())) {
      const auto [begin, end] = known[number];
      for (std::size_t i = begin; i < end; ++i) tokens.push_back(tokens[i]);
      return;
    }
    const std::size_t begin = tokens.size();
    encode_word(word, tokens);
    if (number >= 0) known.emplace_back(begin, tokens.size());
  });
  tokens.shrink_to_fit();
  return tokens;
}

void Bpe::encode_word(std::string_view word, std::vector<Token>& out) const {
  std::vector<Token> tokens;
  for (const char byte : word) tokens.push_back(static_cast<unsigned char>(byte));
  std::vector<Token> made;  // what each token and the next become
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
    made.push_back(merged(tokens[i], tokens[i + 1]));
  for (;;) {
    const auto earliest = std::min_element(made.begin(), made.end());
    if (earliest == made.end() || *earliest == kNone) break;
    const auto at = static_cast<std::size_t>(earliest - made.begin());
    tokens[at] = *earliest;
    tokens.erase(tokens.begin() + at + 1);
    made.erase(earliest);
    if (at > 0) made[at - 1] = merged(tokens[at - 1], tokens[at]);
    if (at < made.size()) made[at] = merged(tokens[at], tokens[at + 1]);
  }
  for (const Token token : tokens) out.push_back(token);
}

void Bpe::append_piece(Token token, std::string& out) const {
  if (token < kByteTokens) {
    out += static_cast<char>(token);
    return;
  }
  const auto [left, right] = merges_[token - kByteTokens];
  append_piece(left, out);
  append_piece(right, out);
}

}  // namespace clearformer
