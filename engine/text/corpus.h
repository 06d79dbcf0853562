#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/token.h"
#include "text/tokenizer.h"

namespace clearformer {

inline constexpr std::int64_t kMaxTextBytes = 100 * 1024 * 1024;

// Error "text" for more bytes than that; said before they are read where their number is known.
Error text_too_large(std::uint64_t bytes);

// Whether bytes are a text that can be trained on: neither empty nor too long, no binary file,
// UTF-8. A UTF-8 byte order mark is allowed and is no part of the text. Error "text".
Status check_text(std::string_view bytes);

// A text as tokens, split in two.
struct Corpus {
  std::vector<Token> tokens;  // of the whole text
  std::int64_t n_train = 0;   // the first n_train tokens are for training

  std::span<const Token> train() const { return std::span(tokens).first(n_train); }
  std::span<const Token> val() const { return std::span(tokens).subspan(n_train); }
};

// Checks `text`, encodes it and holds out its last val_fraction: floor(tokens * (1 - val_fraction))
// tokens are for training, as in nanoGPT; with val_fraction 0 nothing is held out. Error "text"
// where the text is unfit, has a character that the tokenizer lacks, or where a part has fewer than
// block_size + 1 tokens: one passage and the token after it.
// REQUIRES: 0 <= val_fraction < 1, block_size >= 1.
Result<Corpus> make_corpus(std::string_view text, const Tokenizer& tokenizer, double val_fraction,
                           int block_size);

// What a text is like, and how well it can be guessed from counts alone: the losses to compare a
// model's with.
struct TextStats {
  std::int64_t bytes = 0;       // without a byte order mark
  std::int64_t characters = 0;  // code points
  std::int64_t tokens = 0;
  int vocab_size = 0;
  double unigram_entropy = 0;  // nats a token: guessing by how frequent each token is
  double bigram_entropy = 0;   // nats a token: guessing from the token before
};

// `tokens` are those of `text`, which is UTF-8. Takes time linear in the tokens and 2 bytes of
// memory for each, returned at once.
// REQUIRES: 0 <= token < vocab_size <= kMaxVocabSize.
TextStats measure_text(std::string_view text, std::span<const Token> tokens, int vocab_size);

}  // namespace clearformer
