#include "exchange/tokenizer_json.h"

#include <cmath>
#include <utility>
#include <vector>

#include "exchange/byte_alphabet.h"
#include "io/json_leaves.h"
#include "text/json_object.h"
#include "text/utf8.h"
#include "text/words.h"

namespace clearformer {
namespace {

constexpr const char* kWhat = "tokenizer.json";

Error tokenizer_error(const std::string& reason) {
  return {"file", "",
          std::string(kWhat) + " " + reason +
              "; Clearformer's tokenizers have a token for each character of a text, in code point "
              "order, or for each byte."};
}

std::string vocabulary_json(const Tokenizer& tokenizer) {
  const bool bytes = tokenizer.kind() == "byte";
  std::string json = "{";
  for (Token token = 0; token < tokenizer.vocab_size(); ++token) {
    const std::string piece = tokenizer.piece(token);
    json += (token > 0 ? ",\n      " : "\n      ") +
            json_string(bytes ? in_byte_letters(piece) : piece) + ": " + std::to_string(token);
  }
  return json + "\n    }";
}

// What of a tokenizer.json decides its tokens.
struct Reading {
  std::vector<std::string> tokens;  // by their numbers; empty where there is none
  bool byte_level = false;
};

Status read_token(Reading& reading, const std::string& token, const JsonValue& id) {
  const bool whole = id.type == JsonValue::Type::number && id.number == std::trunc(id.number);
  if (!whole || id.number < 0 || id.number >= kMaxVocabSize) {
    return Error{"file", "",
                 std::string(kWhat) + " gives the token " + in_quotes(token) + " the number " +
                     id.shown + "; it must be a whole number from 0 to " +
                     with_commas(kMaxVocabSize - 1) + "."};
  }
  const auto at = static_cast<std::size_t>(id.number);
  if (at >= reading.tokens.size()) reading.tokens.resize(at + 1);
  if (!reading.tokens[at].empty())
    return tokenizer_error("has two tokens of the number " + std::to_string(at));
  reading.tokens[at] = token;
  return {};
}

Status read_leaf(Reading& reading, const JsonPath& path, const JsonValue& value) {
  const auto is = [&](std::size_t level, const char* name) {
    return path.size() > level && path[level] == name;
  };
  if (is(0, "normalizer") && path.size() > 1)
    return tokenizer_error("has a normalizer, which changes a text");
  if (is(0, "model") && is(1, "merges")) return tokenizer_error("merges symbols");
  if (is(0, "model") && is(1, "vocab")) {
    if (path.size() == 3) return read_token(reading, path[2], value);
    return tokenizer_error("has a vocabulary that is no list of names and numbers");
  }
  if (is(0, "pre_tokenizer") && path.back() == "type" && value.string == "ByteLevel")
    reading.byte_level = true;
  return {};
}

bool is_byte_vocabulary(const std::vector<std::string>& tokens) {
  if (tokens.size() != 256) return false;
  for (int byte = 0; byte < 256; ++byte) {
    const char raw = static_cast<char>(byte);
    if (tokens[byte] != in_byte_letters({&raw, 1})) return false;
  }
  return true;
}

}  // namespace

std::string write_tokenizer_json(const Tokenizer& tokenizer) {
  const bool bytes = tokenizer.kind() == "byte";
  return std::string(R"({
  "version": "1.0",
  "truncation": null,
  "padding": null,
  "added_tokens": [],
  "normalizer": null,
  "pre_tokenizer": )") +
         (bytes ? R"({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, )"
                  R"("use_regex": false})"
                : "null") +
         R"(,
  "post_processor": null,
  "decoder": )" +
         (bytes ? R"({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, )"
                  R"("use_regex": false})"
                : R"({"type": "Fuse"})") +
         R"(,
  "model": {
    "type": "BPE",
    "dropout": null,
    "unk_token": null,
    "continuing_subword_prefix": null,
    "end_of_word_suffix": null,
    "fuse_unk": false,
    "byte_fallback": false,
    "ignore_merges": false,
    "vocab": )" +
         vocabulary_json(tokenizer) + R"(,
    "merges": []
  }
}
)";
}

Result<Tokenizer> read_tokenizer_json(std::string_view json) {
  Reading reading;
  const Status read =
      read_json_leaves(json, kWhat, [&](const JsonPath& path, const JsonValue& value) {
        return read_leaf(reading, path, value);
      });
  if (!read.ok()) return read.error();
  if (reading.tokens.empty()) return tokenizer_error("has no model with a vocabulary");
  if (reading.byte_level) {
    if (is_byte_vocabulary(reading.tokens)) return Tokenizer::from_json(R"({"kind":"byte"})");
    return tokenizer_error("numbers its bytes otherwise");
  }
  std::string characters;
  for (const std::string& token : reading.tokens) {
    if (count_characters(token) != 1)
      return tokenizer_error("has the token " + in_quotes(token) + ", which is no character");
    characters += token;
  }
  return Tokenizer::from_json(R"({"kind":"char","characters":)" + json_string(characters) + "}");
}

}  // namespace clearformer
