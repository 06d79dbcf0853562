#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/decoder.h"
#include "model/sampler.h"
#include "text/tokenizer.h"

namespace clearformer {

// Error "setting" that names what is out of range.
Status validate_sample_options(const SampleOptions& options);

// The most alternatives that can be asked for with each token.
inline constexpr int kMaxAlternatives = 8;

// Writes on from a prompt, a token at a time.
class Generator {
 public:
  // Both must outlive it; the parameters behind the decoder may change from text to text.
  Generator(Decoder& decoder, const Tokenizer& tokenizer)
      : decoder_(&decoder), tokenizer_(&tokenizer), stream_(tokenizer) {}

  // Reads a prompt. An empty one stands for the token of a line's end, or else token 0; that is not
  // part of the text. Error "text" where the prompt has a character that the vocabulary lacks;
  // "setting" for an option.
  //
  // With `alternatives` the pieces tell how likely they were, and the likeliest so many tokens.
  Status begin(std::string_view prompt, const SampleOptions& options, int alternatives = 0);

  struct Piece {
    Token id;
    std::string text;  // whole characters only; empty while one is incomplete
    // Where alternatives were asked for.
    Likelihood likelihood = {};
  };
  // The next token. REQUIRES: begin().
  Piece next();

  const Tokenizer& tokenizer() const { return *tokenizer_; }

  // What is left of an incomplete character at the end.
  std::string finish() { return stream_.flush(); }

 private:
  Decoder* decoder_;
  const Tokenizer* tokenizer_;
  StreamDecoder stream_;
  Sampler sampler_{SampleOptions{}};
  std::vector<Token> unread_;  // what the decoder has not read yet
  std::uint64_t written_ = 0;
  int alternatives_ = 0;
};

}  // namespace clearformer
