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
  return {
      "file", "",
      "The tokenizer's merge " + in_quotes(shown) + " cannot make token " + std::to_string(made) +
          ": a merge is of two earlier tokens, and makes bytes that no other token has, no token "
          "beyond 65,535 and none of more than 1,024 bytes."};
}
Error broken_special(std::string_view name) {
  return {"file", "",
          "The tokenizer's special token " + in_quotes(name) +
              " cannot be: one has a name of 1 to 1,024 bytes, which no other token has, and no "
              "number beyond 65,535."};
}
static_assert(kMaxVocabSize == 65'536 && kMaxWordBytes == 1024);

}  // namespace

Bpe::Bpe(std::vector<Merge> merges, std::vector<std::string> special)
    : merges_(std::move(merges)),
      special_(std::move(special)),
      slots_(std::bit_ceil(2 * merges_.size() + 1)) {
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

Result<Bpe> Bpe::from_string(std::string_view text, std::string_view special) {
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
  std::vector<std::string> names;
  for (bool more = !special.empty(); more;) {
    const std::string_view name = special.substr(0, special.find('\n'));
    more = name.size() < special.size();
    special.remove_prefix(name.size() + more);
    if (name.empty() || name.size() > kMaxWordBytes || lengths.size() == kMaxVocabSize)
      return broken_special(name);
    lengths.push_back(name.size());
    names.emplace_back(name);
  }
  Bpe bpe(std::move(merges), std::move(names));
  // Of a merge that is there twice, the later one has the slot.
  for (Token made = kByteTokens; made < bpe.first_special(); ++made) {
    const auto [left, right] = bpe.merges_[made - kByteTokens];
    if (const Token last = bpe.merged(left, right); last != made)
      return broken_merge(bpe.shown(last), last);
  }
  const Token again = bpe.repeated_piece(lengths);
  if (again < bpe.first_special()) return broken_merge(bpe.shown(again), again);
  if (again != kNone) return broken_special(bpe.special_[again - bpe.first_special()]);
  return bpe;
}

Token Bpe::repeated_piece(std::span<const std::size_t> lengths) const {
  std::size_t size = 0, n_tokens = 0;
  while (n_tokens < lengths.size() && size + lengths[n_tokens] <= WordIndex::kMaxBytes)
    size += lengths[n_tokens++];
  std::string pieces;
  pieces.reserve(size);
  WordIndex index;
  for (Token token = 0; token < static_cast<Token>(n_tokens); ++token) {
    const std::size_t begin = pieces.size();
    append_piece(token, pieces);
    if (index.number(std::string_view(pieces).substr(begin)) != token) return token;
  }
  return kNone;
}

std::string Bpe::to_string() const {
  std::string text;
  for (Token made = kByteTokens; made < first_special(); ++made)
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
  if (token >= first_special()) {
    out += special_[token - first_special()];
    return;
  }
  const auto [left, right] = merges_[token - kByteTokens];
  append_piece(left, out);
  append_piece(right, out);
}

}  // namespace clearformer
