#include "text/bpe.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "text/word_index.h"
#include "text/word_splitter.h"
#include "text/words.h"

namespace clearformer {
namespace {

constexpr Token kNone = std::numeric_limits<Token>::max();  // after every merge

std::uint64_t pair_key(Token left, Token right) {
  return static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint64_t>(right) << 16;
}

Error broken_merge(std::string_view shown, Token made) {
  return {"file", "",
          "The tokenizer's merge " + in_quotes(shown) + " cannot make token " +
              std::to_string(made) +
              ": a merge is of two earlier tokens, is there once, and makes at most " +
              with_commas(kMaxWordBytes) + " bytes; there are at most " +
              with_commas(kMaxVocabSize) + " tokens."};
}

}  // namespace

Bpe::Bpe(std::vector<Merge> merges) : merges_(std::move(merges)) {
  for (Token made = kByteTokens; const auto& [left, right] : merges_)
    by_pair_.push_back(pair_key(left, right) | static_cast<std::uint64_t>(made++));
  std::sort(by_pair_.begin(), by_pair_.end());
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
  for (std::size_t i = 1; i < bpe.by_pair_.size(); ++i) {
    const std::uint64_t later = bpe.by_pair_[i];
    if (later >> 16 != bpe.by_pair_[i - 1] >> 16) continue;
    const auto made = static_cast<Token>(later & 0xFFFF);
    return broken_merge(bpe.pair_of(made), made);
  }
  return bpe;
}

std::string Bpe::to_string() const {
  std::string text;
  for (Token made = kByteTokens; made < vocab_size(); ++made)
    text += (text.empty() ? "" : ",") + pair_of(made);
  return text;
}

std::string Bpe::pair_of(Token made) const {
  const auto [left, right] = merges_[made - kByteTokens];
  return std::to_string(left) + " " + std::to_string(right);
}

Token Bpe::merged(Token left, Token right) const {
  const std::uint64_t key = pair_key(left, right);
  const auto at = std::lower_bound(by_pair_.begin(), by_pair_.end(), key);
  const bool found = at != by_pair_.end() && *at >> 16 == key >> 16;
  return found ? static_cast<Token>(*at & 0xFFFF) : kNone;
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
  out.insert(out.end(), tokens.begin(), tokens.end());
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
