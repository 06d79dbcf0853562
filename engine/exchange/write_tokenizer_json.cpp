#include "exchange/byte_alphabet.h"
#include "exchange/tokenizer_json.h"
#include "text/json_object.h"

namespace clearformer {
namespace {

bool is_special(const Tokenizer& tokenizer, Token token) {
  return tokenizer.kind() == "bpe" && token >= tokenizer.pairs().first_special();
}

std::string list(const std::vector<std::string>& lines, const char* begin, const char* end) {
  std::string json = begin;
  for (std::size_t i = 0; i < lines.size(); ++i)
    json += (i > 0 ? ",\n      " : "\n      ") + lines[i];
  return json + (lines.empty() ? "" : "\n    ") + end;
}

std::string vocabulary_json(const Tokenizer& tokenizer) {
  const bool characters = tokenizer.kind() == "char";
  std::vector<std::string> lines;
  for (Token token = 0; token < tokenizer.vocab_size(); ++token) {
    const std::string piece = tokenizer.piece(token);
    const bool plain = characters || is_special(tokenizer, token);
    lines.push_back(json_string(plain ? piece : in_byte_letters(piece)) + ": " +
                    std::to_string(token));
  }
  return list(lines, "{", "}");
}

std::string merges_json(const Tokenizer& tokenizer) {
  std::vector<std::string> lines;
  if (tokenizer.kind() == "bpe")
    for (const std::string& merge : merges_in_letters(tokenizer.pairs()))
      lines.push_back(json_string(merge));
  return list(lines, "[", "]");
}

std::string added_tokens_json(const Tokenizer& tokenizer) {
  std::vector<std::string> lines;
  for (Token token = 0; token < tokenizer.vocab_size(); ++token) {
    if (!is_special(tokenizer, token)) continue;
    lines.push_back("{\"id\": " + std::to_string(token) +
                    ", \"content\": " + json_string(tokenizer.piece(token)) +
                    ", \"single_word\": false, \"lstrip\": false, \"rstrip\": false, "
                    "\"normalized\": false, \"special\": true}");
  }
  return list(lines, "[", "]");
}

}  // namespace

std::string write_tokenizer_json(const Tokenizer& tokenizer) {
  // ByteLevel with a regular expression cuts a text as GPT-2 does.
  const std::string byte_level =
      std::string(R"({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, )") +
      (tokenizer.kind() == "bpe" ? R"("use_regex": true})" : R"("use_regex": false})");
  const bool characters = tokenizer.kind() == "char";
  return R"({
  "version": "1.0",
  "truncation": null,
  "padding": null,
  "added_tokens": )" +
         added_tokens_json(tokenizer) + R"(,
  "normalizer": null,
  "pre_tokenizer": )" +
         (characters ? "null" : byte_level) + R"(,
  "post_processor": null,
  "decoder": )" +
         (characters ? R"({"type": "Fuse"})" : byte_level) + R"(,
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
    "merges": )" +
         merges_json(tokenizer) + R"(
  }
}
)";
}

}  // namespace clearformer
