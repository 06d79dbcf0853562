#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/token.h"

namespace clearformer {

inline constexpr int kMaxVocabSize = 65'536;

// Turns text into tokens and back. Two kinds: "char" (a token is a Unicode code point of the
// training text, numbered in code point order) and "byte" (256 tokens, any text).
class Tokenizer {
 public:
  const std::string& kind() const { return kind_; }
  int vocab_size() const;

  // The tokens of exactly this text. Error "text" where it is not UTF-8, or for the first
  // character that the vocabulary lacks.
  Result<std::vector<Token>> encode(std::string_view text) const;

  // The bytes of tokens, joined. REQUIRES of both: 0 <= token < vocab_size().
  // Tokens of kind "byte" need not join to UTF-8: see StreamDecoder.
  std::string decode(std::span<const Token> tokens) const;
  std::string piece(Token token) const;

  // {"kind":"byte"} or {"kind":"char","characters":"..."}, the vocabulary in order.
  std::string to_json() const;
  static Result<Tokenizer> from_json(std::string_view json);  // error "file"

 private:
  friend Result<Tokenizer> make_tokenizer(std::string_view kind, std::string_view text);

  static constexpr Token kNone = -1;

  Tokenizer(std::string_view kind, std::u32string characters);
  bool is_byte() const { return characters_.empty(); }
  Token token_of(char32_t character) const;  // kNone where the vocabulary lacks it

  std::string kind_;
  std::u32string characters_;     // sorted; empty for "byte"
  std::array<Token, 128> ascii_;  // token_of the characters that most texts are made of
};

// The tokenizer of that kind for that text, a leading byte order mark left out. Error "setting" for
// an unknown kind; "text" where the text is not UTF-8, or has no characters or too many different
// ones.
Result<Tokenizer> make_tokenizer(std::string_view kind, std::string_view text);

// Joins tokens to text as they come and gives out whole characters only. What can no longer become
// a character comes out as U+FFFD. The tokenizer must outlive it.
class StreamDecoder {
 public:
  explicit StreamDecoder(const Tokenizer& tokenizer) : tokenizer_(&tokenizer) {}

  // What the token completes; empty while a character is incomplete.
  std::string push(Token token);
  // The end of the tokens: what is left of an incomplete character.
  std::string flush();

 private:
  const Tokenizer* tokenizer_;
  std::string pending_;  // at most three bytes: a character cut off
};

}  // namespace clearformer
