// Byte pairs learned from any bytes: no two tokens alike, and every text comes back.
#include <set>

#include "tests/fuzz/input.h"
#include "text/bpe.h"
#include "text/corpus.h"

namespace clearformer {
namespace {

// The first two bytes are how many tokens are asked for, the rest are the texts to learn from and
// to encode.
FUZZ(input) {
  if (input.size() < 2) return;
  const int size = input[0] | input[1] << 8;
  const std::vector<std::string_view> texts = fuzz::parts_of(input.subspan(2), 2);
  const std::vector<Merge> merges = learn_merges(texts[0], size);
  CHECK(merges == learn_merges(texts[0], size));
  CHECK(merges.empty() || kByteTokens + static_cast<int>(merges.size()) <= size);

  const Bpe bpe(merges);
  const Result<Bpe> again = Bpe::from_string(bpe.to_string());
  CHECK(again.ok() && again.value().merges() == merges);
  std::set<std::string> pieces;
  for (Token token = 0; token < bpe.vocab_size(); ++token) {
    std::string piece;
    bpe.append_piece(token, piece);
    CHECK(pieces.insert(piece).second);
  }
  for (const std::string_view text : texts) {
    const std::vector<Token> tokens = bpe.encode(text);
    CHECK(tokens.size() <= text.size());
    std::string decoded;
    for (const Token token : tokens) bpe.append_piece(token, decoded);
    CHECK(decoded == text);
    CHECK(again.value().encode(text) == tokens);
    const TextStats stats = measure_text(text, tokens, bpe.vocab_size());
    CHECK(stats.unigram_entropy >= 0 && stats.bigram_entropy >= 0);
  }
}

}  // namespace
}  // namespace clearformer
