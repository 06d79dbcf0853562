#include "text/tokenizer.h"

#include <algorithm>
#include <bitset>
#include <memory>
#include <optional>
#include <utility>

#include "base/check.h"
#include "text/json_object.h"
#include "text/utf8.h"
#include "text/words.h"

namespace clearformer {
namespace {

constexpr std::string_view kChar = "char";
constexpr std::string_view kByte = "byte";
constexpr std::string_view kBpe = "bpe";
constexpr std::string_view kSizedBpe = "bpe:";

// "é" (U+00E9), as a message shows it.
std::string describe_character(char32_t character) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string hex;
  for (int shift = character > 0xFFFFF  ? 20
                   : character > 0xFFFF ? 16
                                        : 12;
       shift >= 0; shift -= 4) {
    hex += kDigits[character >> shift & 15];
  }
  return in_quotes(encode_utf8(character)) + " (U+" + hex + ")";
}

// The different characters of a text, in order.
Result<std::u32string> distinct_characters(std::string_view text) {
  using Seen = std::bitset<0x110000>;
  const auto seen = std::make_unique<Seen>();
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Step step = decode_utf8_at(text, i);
    if (step.fault != Utf8Fault::none) return utf8_error(text, i);
    seen->set(step.character);
    i += step.length;
  }
  std::u32string characters;
  for (char32_t c = 0; c < seen->size(); ++c) {
    if (seen->test(c)) characters.push_back(c);
  }
  return characters;
}

Error broken_tokenizer(const std::string& reason) {
  return {"file", "", "The tokenizer " + reason + "."};
}

}  // namespace

Tokenizer::Tokenizer(std::u32string characters) : kind_(kChar), characters_(std::move(characters)) {
  ascii_.fill(kNone);
  for (std::size_t i = 0; i < characters_.size() && characters_[i] < ascii_.size(); ++i) {
    ascii_[characters_[i]] = static_cast<Token>(i);
  }
}

Tokenizer::Tokenizer(std::string_view kind, Bpe bpe) : kind_(kind), bpe_(std::move(bpe)) {}

int Tokenizer::vocab_size() const {
  return has_characters() ? static_cast<int>(characters_.size()) : bpe_.vocab_size();
}

bool Tokenizer::is_named(std::string_view name) const {
  return kind_ == kBpe ? vocab_size() <= number_after(kSizedBpe, name).value_or(0) : kind_ == name;
}

std::string Tokenizer::name() const {
  return kind_ == kBpe ? std::string(kSizedBpe) + std::to_string(vocab_size()) : kind_;
}

Token Tokenizer::token_of(char32_t character) const {
  if (character < ascii_.size()) return ascii_[character];
  const auto at = std::lower_bound(characters_.begin(), characters_.end(), character);
  const bool found = at != characters_.end() && *at == character;
  return found ? static_cast<Token>(at - characters_.begin()) : kNone;
}

Result<std::vector<Token>> Tokenizer::encode(std::string_view text) const {
  if (!has_characters()) return bpe_.encode(text);
  std::vector<Token> tokens;
  tokens.reserve(count_characters(text));
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Step step = decode_utf8_at(text, i);
    if (step.fault != Utf8Fault::none) return utf8_error(text, i);
    const Token token = token_of(step.character);
    if (token == kNone) {
      return Error{"text", "",
                   "The character " + describe_character(step.character) + " at " +
                       describe_position(text, i) + " is not among the " +
                       counted(characters_.size(), "character") + " that this model knows."};
    }
    tokens.push_back(token);
    i += step.length;
  }
  return tokens;
}

std::string Tokenizer::piece(Token token) const {
  CHECK(token >= 0 && token < vocab_size());
  if (has_characters()) return encode_utf8(characters_[token]);
  std::string bytes;
  bpe_.append_piece(token, bytes);
  return bytes;
}

std::string Tokenizer::decode(std::span<const Token> tokens) const {
  std::string text;
  for (const Token token : tokens) text += piece(token);
  return text;
}

std::string Tokenizer::to_json() const {
  std::string json = "{\"kind\":" + json_string(kind_);
  if (kind_ == kBpe) json += ",\"merges\":" + json_string(merges());
  if (!bpe_.special().empty()) json += ",\"special\":" + json_string(bpe_.special());
  if (has_characters()) {
    std::string characters;
    for (const char32_t c : characters_) append_utf8(c, characters);
    json += ",\"characters\":" + json_string(characters);
  }
  return json + "}";
}

Result<Tokenizer> Tokenizer::from_json(std::string_view json) {
  std::optional<std::string> kind, characters, merges, special;
  const Status read = read_json_object(
      json, "The tokenizer", [&](const std::string& name, const JsonValue& value) -> Status {
        auto* const field = name == "kind"         ? &kind
                            : name == "characters" ? &characters
                            : name == "merges"     ? &merges
                            : name == "special"    ? &special
                                                   : nullptr;
        if (!field) return broken_tokenizer("has an unknown entry " + in_quotes(name));
        if (value.type != JsonValue::Type::string) {
          return broken_tokenizer("has " + name + " " + value.shown + "; it must be a string");
        }
        if (*field) return broken_tokenizer("has " + name + " twice");
        *field = value.string;
        return {};
      });
  if (!read.ok()) return Error{"file", "", read.error().message};

  if (kind != kChar && kind != kByte && kind != kBpe) {
    return broken_tokenizer((kind ? "is of kind " + in_quotes(*kind) : std::string("has no kind")) +
                            "; it must be char, byte or bpe");
  }
  if (characters.has_value() != (kind == kChar) || merges.has_value() != (kind == kBpe) ||
      characters == "" || (special && (special == "" || kind != kBpe))) {
    return broken_tokenizer(
        "is of kind " + *kind +
        "; char has characters, bpe has merges and may have special tokens, byte has neither");
  }
  if (!characters) {
    Result<Bpe> bpe = Bpe::from_string(merges.value_or(""), special.value_or(""));
    if (!bpe.ok()) return bpe.error();
    return Tokenizer(*kind, std::move(bpe.value()));
  }
  Result<std::u32string> decoded = decode_utf8(*characters);
  if (!decoded.ok()) return Error{"file", "", decoded.error().message};
  std::u32string& vocabulary = decoded.value();
  if (vocabulary.size() > static_cast<std::size_t>(kMaxVocabSize)) {
    return broken_tokenizer("has " + counted(vocabulary.size(), "character") + "; at most " +
                            with_commas(kMaxVocabSize) + " are allowed");
  }
  const auto falling = std::adjacent_find(vocabulary.begin(), vocabulary.end(),
                                          [](char32_t a, char32_t b) { return a >= b; });
  if (falling != vocabulary.end()) {
    return broken_tokenizer("has the character " + describe_character(falling[1]) + " after " +
                            describe_character(falling[0]) +
                            "; they must be in rising order, each once");
  }
  return Tokenizer(std::move(vocabulary));
}

Result<Tokenizer> make_tokenizer(std::string_view name, std::string_view text) {
  text = without_byte_order_mark(text);
  if (name == kByte) return Tokenizer(kByte, Bpe());
  if (const std::optional<int> size = number_after(kSizedBpe, name)) {
    CHECK(*size >= kMinBpeSize && *size <= kMaxBpeSize);
    return Tokenizer(kBpe, Bpe(learn_merges(text, *size)));
  }
  CHECK(name == kChar);
  Result<std::u32string> characters = distinct_characters(text);
  if (!characters.ok()) return characters.error();
  const std::size_t size = characters.value().size();
  if (size == 0) return Error{"text", "", "The text is empty; it needs at least one character."};
  if (size > static_cast<std::size_t>(kMaxVocabSize)) {
    return Error{"text", "",
                 "The text has " + with_commas(size) + " different characters; at most " +
                     with_commas(kMaxVocabSize) + " are allowed. Set tokenizer to byte."};
  }
  return Tokenizer(std::move(characters.value()));
}

std::string StreamDecoder::push(Token token) {
  pending_ += tokenizer_->piece(token);
  std::string text;
  std::size_t i = 0;
  while (i < pending_.size()) {
    const Utf8Step step = decode_utf8_at(pending_, i);
    if (step.fault == Utf8Fault::cut) break;
    append_utf8(step.character, text);
    i += step.length;
  }
  pending_.erase(0, i);
  return text;
}

std::string StreamDecoder::flush() {
  if (pending_.empty()) return {};
  pending_.clear();
  return encode_utf8(kReplacementCharacter);
}

}  // namespace clearformer
