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
constexpr const char* kMerge = "merge";
constexpr const char* kSpecial = "special token";
constexpr int kMaxSpecial = 1024;  // each is looked for among all

std::uint64_t pair_of(Token left, Token right) {
  return static_cast<std::uint64_t>(left) << 16 | static_cast<std::uint64_t>(right);
}

// `what` is "merge" or "special token".
Error broken_token(const char* what, std::string_view shown, Token token) {
  return {
      "file", "",
      "The tokenizer's " + std::string(what) + " " + in_quotes(shown) + " cannot make token " +
          std::to_string(token) +
          ": a token is of two earlier ones, or one of up to 1,024 that have names; it has bytes "
          "that no other has, at most 1,024, and a number up to 65,535."};
}
static_assert(kMaxVocabSize == 65'536 && kMaxWordBytes == 1024);

}  // namespace

Bpe::Bpe(std::vector<Merge> merges, std::string special)
    : merges_(std::move(merges)),
      special_(std::move(special)),
      n_special_(special_.empty() ? 0 : 1 + static_cast<int>(std::ranges::count(special_, '\n'))),
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
      return broken_token(kMerge, shown, made);
    lengths.push_back(lengths[left] + lengths[right]);
    merges.push_back({left, right});
  }
  Bpe bpe(std::move(merges), std::string(special));
  for (int i = 0; i < bpe.n_special_; ++i) {
    const std::string_view name = bpe.special(i);
    const auto token = static_cast<Token>(lengths.size());
    if (name.empty() || name.size() > kMaxWordBytes || token == kMaxVocabSize || i == kMaxSpecial)
      return broken_token(kSpecial, name, token);
    lengths.push_back(name.size());
  }
  // Of a merge that is there twice, the later one has the slot.
  for (Token made = kByteTokens; made < bpe.first_special(); ++made) {
    const auto [left, right] = bpe.merges_[made - kByteTokens];
    if (const Token last = bpe.merged(left, right); last != made)
      return broken_token(kMerge, bpe.shown(last), last);
  }
  if (const Token again = bpe.repeated_piece(lengths); again != kNone) {
    const bool special = again >= bpe.first_special();
    return broken_token(
        special ? kSpecial : kMerge,
        special ? std::string(bpe.special(again - bpe.first_special())) : bpe.shown(again), again);
  }
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

std::string_view Bpe::special(int i) const {
  std::string_view rest = special_;
  while (i-- > 0) rest.remove_prefix(rest.find('\n') + 1);
  return rest.substr(0, rest.find('\n'));
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
    out += special(token - first_special());
    return;
  }
  const auto [left, right] = merges_[token - kByteTokens];
  append_piece(left, out);
  append_piece(right, out);
}

}  // namespace clearformer
