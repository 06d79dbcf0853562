// learn_merges: the pairs' counts are kept up to date merge by merge, over the different words.

#include <algorithm>
#include <map>
#include <utility>

#include "text/bpe.h"
#include "text/word_index.h"
#include "text/word_splitter.h"

namespace clearformer {
namespace {

constexpr Token kNone = -1;

// Left and right token, so that smaller pairs come first.
using PairKey = std::uint32_t;

PairKey pair_key(Token left, Token right) {
  return static_cast<PairKey>(left) << 16 | static_cast<PairKey>(right);
}

class MergeLearner {
 public:
  explicit MergeLearner(std::string_view text);

  std::vector<Merge> learn(int vocab_size);

 private:
  struct Pair {
    std::uint32_t count = 0;  // in the text
    std::vector<int> places;  // where it began, rising; some may be gone since
  };

  void add(Token left, Token right, int place);
  void remove(Token left, Token right, int place);
  void merge(PairKey key, Token made);
  // Offers pairs that were new since the last time.
  void offer_new();
  void offer(PairKey key);

  // The bytes of the different words, kNone before and after each. A token's first and last byte
  // hold its number, those between kNone: both neighbours of a token are found from its place.
  std::vector<Token> tokens_;
  std::vector<std::uint32_t> weights_;  // of each byte: how often its word is in the text
  std::vector<int> lengths_;            // of each token, in bytes
  std::map<PairKey, Pair> pairs_;
  std::vector<PairKey> new_pairs_;
  // A heap of count and ~key, the best on top. A pair's count falls once it is offered, never
  // rises: both of its tokens are there then, and merges only take them away.
  std::vector<std::uint64_t> offers_;
};

MergeLearner::MergeLearner(std::string_view text) : tokens_{kNone}, weights_{0} {
  WordIndex index;
  std::vector<std::uint32_t> counts;
  WordSplitter().for_each_word(text, [&](std::string_view word) {
    const int number = index.number(word);
    counts.resize(index.words().size());
    if (number >= 0) ++counts[number];
  });
  lengths_.assign(kByteTokens, 1);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    for (const char byte : index.words()[i]) {
      tokens_.push_back(static_cast<unsigned char>(byte));
      weights_.push_back(counts[i]);
    }
    tokens_.push_back(kNone);
    weights_.push_back(0);
  }
  for (std::size_t i = 0; i + 1 < tokens_.size(); ++i)
    if (tokens_[i] != kNone && tokens_[i + 1] != kNone)
      add(tokens_[i], tokens_[i + 1], static_cast<int>(i));
}

void MergeLearner::add(Token left, Token right, int place) {
  const PairKey key = pair_key(left, right);
  Pair& pair = pairs_[key];
  if (pair.places.empty()) new_pairs_.push_back(key);
  pair.places.push_back(place);
  pair.count += weights_[place];
}

void MergeLearner::remove(Token left, Token right, int place) {
  pairs_[pair_key(left, right)].count -= weights_[place];
}

void MergeLearner::merge(PairKey key, Token made) {
  const auto left = static_cast<Token>(key >> 16), right = static_cast<Token>(key & 0xFFFF);
  lengths_.push_back(lengths_[left] + lengths_[right]);
  for (const int place : std::exchange(pairs_[key].places, {})) {
    const int middle = place + lengths_[left], end = place + lengths_[made];
    if (tokens_[place] != left || tokens_[middle] != right) continue;
    const Token before = tokens_[place - 1], after = tokens_[end];
    if (before != kNone) {
      remove(before, left, place);
      add(before, made, place - lengths_[before]);
    }
    if (after != kNone) {
      remove(right, after, place);
      add(made, after, place);
    }
    tokens_[middle - 1] = tokens_[middle] = kNone;
    tokens_[place] = tokens_[end - 1] = made;
  }
}

void MergeLearner::offer_new() {
  for (const PairKey key : new_pairs_) offer(key);
  new_pairs_.clear();
}

void MergeLearner::offer(PairKey key) {
  const std::uint64_t count = pairs_[key].count;
  if (count < 2) return;
  offers_.push_back(count << 32 | static_cast<PairKey>(~key));
  std::push_heap(offers_.begin(), offers_.end());
}

std::vector<Merge> MergeLearner::learn(int vocab_size) {
  std::vector<Merge> merges;
  offer_new();
  while (static_cast<int>(lengths_.size()) < vocab_size && !offers_.empty()) {
    std::pop_heap(offers_.begin(), offers_.end());
    const std::uint64_t best = offers_.back();
    offers_.pop_back();
    const auto key = static_cast<PairKey>(~best);
    if (pairs_[key].count != best >> 32) {
      offer(key);
      continue;
    }
    merges.push_back({static_cast<Token>(key >> 16), static_cast<Token>(key & 0xFFFF)});
    merge(key, static_cast<Token>(lengths_.size()));
    offer_new();
  }
  return merges;
}

}  // namespace

std::vector<Merge> learn_merges(std::string_view text, int vocab_size) {
  return MergeLearner(text).learn(vocab_size);
}

}  // namespace clearformer
