#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/token.h"
#include "text/bpe.h"

namespace clearformer {

// How many tokens may be asked of a tokenizer "bpe:N".
inline constexpr int kMinBpeSize = kByteTokens + 1;
inline constexpr int kMaxBpeSize = kMaxVocabSize;

// Turns text into tokens and back. Three kinds: "char" (a token is a Unicode code point of the
// training text, numbered in code point order), "byte" (256 tokens, any text) and "bpe" (bpe.h: the
// bytes, and what often stands side by side in the training text; any text).
class Tokenizer {
 public:
  const std::string& kind() const { return kind_; }
  int vocab_size() const;
  // Whether a recipe may have it under this name: a text may give fewer than N tokens for "bpe:N".
  bool is_named(std::string_view name) const;
  // How a recipe names it: "char", "byte" or "bpe:N".
  std::string name() const;

  // The tokens of exactly this text. Error "text" where it is not UTF-8, or for the first
  // character that the vocabulary lacks.
  Result<std::vector<Token>> encode(std::string_view text) const;

  // The bytes of tokens, joined. REQUIRES of both: 0 <= token < vocab_size().
  // Tokens of kind "byte" or "bpe" need not join to UTF-8: see StreamDecoder.
  std::string decode(std::span<const Token> tokens) const;
  std::string piece(Token token) const;

  // Bpe::to_string; empty of a tokenizer without merges.
  std::string merges() const { return bpe_.to_string(); }
  // The tokens of kind "byte" or "bpe". REQUIRES: it is no "char".
  const Bpe& pairs() const { return bpe_; }

  // {"kind":"byte"}, {"kind":"char","characters":"..."}, the vocabulary in order, or
  // {"kind":"bpe","merges":"..."}, see Bpe::to_string; where it has special tokens, their names
  // too: "special":"...", a line each.
  std::string to_json() const;
  static Result<Tokenizer> from_json(std::string_view json);  // error "file"

 private:
  friend Result<Tokenizer> make_tokenizer(std::string_view name, std::string_view text);

  static constexpr Token kNone = -1;

  explicit Tokenizer(std::u32string characters);
  Tokenizer(std::string_view kind, Bpe bpe);
  bool has_characters() const { return !characters_.empty(); }
  Token token_of(char32_t character) const;  // kNone where the vocabulary lacks it

  std::string kind_;
  std::u32string characters_;       // sorted; of kind "char" alone
  std::array<Token, 128> ascii_{};  // token_of the characters that most texts are made of
  Bpe bpe_;                         // of kind "byte" without merges
};

// The tokenizer for that text, a leading byte order mark left out. Error "text" for "char" where
// the text is not UTF-8, or has no characters or too many different ones. REQUIRES: "char", "byte"
// or "bpe:N", kMinBpeSize <= N <= kMaxBpeSize.
Result<Tokenizer> make_tokenizer(std::string_view name, std::string_view text);

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
