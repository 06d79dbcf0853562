#include "exchange/tokenizer_json.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

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
              "; a tokenizer of Clearformer's has a token for each character of a text or each "
              "byte, or merges bytes within words cut as GPT-2 does."};
}

// What of a tokenizer.json decides its tokens.
struct Reading {
  std::vector<std::string> tokens;  // by their numbers; empty where there is none
  std::vector<std::string> merges;  // "h e", or one half after the other
  std::vector<bool> added;          // by their numbers, where there are any
  std::string added_content;        // of the one that is read
  std::optional<double> added_id;
  bool merges_are_pairs = false;
  bool byte_level = false, uses_regex = true;
};

Status put_token(Reading& reading, const std::string& token, double id, const std::string& shown) {
  if (id != std::trunc(id) || id < 0 || id >= kMaxVocabSize) {
    return Error{"file", "",
                 std::string(kWhat) + " gives the token " + in_quotes(token) + " the number " +
                     shown + "; it must be a whole number from 0 to " +
                     with_commas(kMaxVocabSize - 1) + "."};
  }
  const auto at = static_cast<std::size_t>(id);
  if (at >= reading.tokens.size()) reading.tokens.resize(at + 1);
  if (!reading.tokens[at].empty() && reading.tokens[at] != token)
    return tokenizer_error("has two tokens of the number " + std::to_string(at));
  reading.tokens[at] = token;
  return {};
}

Status read_token(Reading& reading, const std::string& token, const JsonValue& id) {
  const bool number = id.type == JsonValue::Type::number;
  return put_token(reading, token, number ? id.number : -1, id.shown);
}

// A member of one of the added tokens, of which the number or the content comes first.
Status read_added(Reading& reading, const std::string& member, const JsonValue& value) {
  if (member == "special" && !value.boolean)
    return tokenizer_error("looks for tokens in a text before it is cut into words");
  if (member == "content") reading.added_content = value.string;
  if (member == "id") reading.added_id = value.type == JsonValue::Type::number ? value.number : -1;
  if (reading.added_content.empty() || !reading.added_id) return {};
  const double id = *std::exchange(reading.added_id, std::nullopt);
  const std::string content = std::exchange(reading.added_content, "");
  if (Status status = put_token(reading, content, id, format_number(id)); !status.ok())
    return status;
  reading.added.resize(reading.tokens.size());
  reading.added[static_cast<std::size_t>(id)] = true;
  return {};
}

Status read_model(Reading& reading, const JsonPath& path, const JsonValue& value) {
  const std::string& name = path[1];
  if (name == "vocab") {
    if (path.size() == 3) return read_token(reading, path[2], value);
    return tokenizer_error("has a vocabulary that is no list of names and numbers");
  }
  if (name == "merges") {
    const bool is_pair = path.size() == 4;
    if (!reading.merges.empty() && is_pair != reading.merges_are_pairs)
      return tokenizer_error("has merges of two forms");
    reading.merges_are_pairs = is_pair;
    reading.merges.push_back(value.string);
    return {};
  }
  if (name == "type" && value.string != "BPE")
    return tokenizer_error("has a model of the type " + value.shown);
  const bool is_off = value.shown == "null" || value.shown == "false" || value.shown == "\"\"" ||
                      value.shown == "0";
  for (const char* const other : {"continuing_subword_prefix", "end_of_word_suffix",
                                  "byte_fallback", "ignore_merges", "dropout"})
    if (name == other && !is_off) return tokenizer_error("has " + name + " " + value.shown);
  return {};
}

Status read_leaf(Reading& reading, const JsonPath& path, const JsonValue& value) {
  if (path.size() < 2) return {};
  const std::string &part = path[0], &member = path.back();
  if (part == "normalizer") return tokenizer_error("has a normalizer, which changes a text");
  if (part == "model") return read_model(reading, path, value);
  if (part == "added_tokens") return read_added(reading, member, value);
  if (part == "post_processor" && member == "type" && value.string == "TemplateProcessing")
    return tokenizer_error("puts tokens of its own around a text");
  if (part != "pre_tokenizer") return {};
  if (member == "type" && value.string == "ByteLevel") {
    reading.byte_level = true;
  } else if (member == "type" && value.string != "Sequence") {
    return tokenizer_error("cuts a text by " + value.shown);
  }
  if (member == "add_prefix_space" && value.boolean)
    return tokenizer_error("puts a space before a text");
  if (member == "use_regex") reading.uses_regex = value.boolean;
  return {};
}

using Numbers = std::map<std::string, Token>;  // of tokens, by their names

Result<Numbers> numbers_of(const Reading& reading) {
  Numbers numbers;
  for (std::size_t i = 0; i < reading.tokens.size(); ++i) {
    const std::string& token = reading.tokens[i];
    if (token.empty()) return tokenizer_error("has no token of the number " + std::to_string(i));
    if (!numbers.emplace(token, static_cast<Token>(i)).second)
      return tokenizer_error("has the token " + in_quotes(token) + " twice");
  }
  return numbers;
}

Result<ForeignTokenizer> of_characters(const Reading& reading) {
  if (!reading.merges.empty()) return tokenizer_error("merges characters, not bytes");
  std::vector<std::pair<char32_t, Token>> characters;
  for (std::size_t i = 0; i < reading.tokens.size(); ++i) {
    const Result<std::u32string> decoded = decode_utf8(reading.tokens[i]);
    if (!decoded.ok() || decoded.value().size() != 1)
      return tokenizer_error("has the token " + in_quotes(reading.tokens[i]) +
                             ", which is no character");
    characters.emplace_back(decoded.value()[0], static_cast<Token>(i));
  }
  std::sort(characters.begin(), characters.end());
  std::string sorted;
  std::vector<Token> theirs;
  for (const auto& [character, token] : characters) {
    append_utf8(character, sorted);
    theirs.push_back(token);
  }
  Result<Tokenizer> made =
      Tokenizer::from_json(R"({"kind":"char","characters":)" + json_string(sorted) + "}");
  if (!made.ok()) return made.error();
  return ForeignTokenizer{std::move(made.value()), std::move(theirs)};
}

// Each merge's halves, as they are written.
Result<std::vector<std::pair<std::string, std::string>>> halves_of(const Reading& reading) {
  std::vector<std::pair<std::string, std::string>> halves;
  if (reading.merges_are_pairs) {
    if (reading.merges.size() % 2 != 0) return tokenizer_error("has a merge that is no pair");
    for (std::size_t i = 0; i < reading.merges.size(); i += 2)
      halves.emplace_back(reading.merges[i], reading.merges[i + 1]);
    return halves;
  }
  for (const std::string& merge : reading.merges) {
    const std::size_t space = merge.find(' ');
    if (space == std::string::npos)
      return tokenizer_error("has the merge " + in_quotes(merge) + ", which is no pair");
    halves.emplace_back(merge.substr(0, space), merge.substr(space + 1));
  }
  return halves;
}

// Our numbers of their tokens, bytes and merges first.
class Renumbering {
 public:
  explicit Renumbering(const Numbers& numbers) : numbers_(&numbers) {}

  // The next of ours is theirs of that name. False where they have none, or it is one already.
  bool add(const std::string& name) {
    const auto at = numbers_->find(name);
    if (at == numbers_->end() || !ours_.emplace(name, static_cast<Token>(theirs.size())).second)
      return false;
    theirs.push_back(at->second);
    return true;
  }
  std::optional<Token> find(const std::string& name) const {
    const auto at = ours_.find(name);
    return at == ours_.end() ? std::nullopt : std::optional(at->second);
  }

  std::vector<Token> theirs;

 private:
  const Numbers* numbers_;
  Numbers ours_;
};

Result<ForeignTokenizer> of_bytes(const Reading& reading, const Numbers& numbers) {
  Renumbering renumbering(numbers);
  for (int byte = 0; byte < kByteTokens; ++byte) {
    const char raw = static_cast<char>(byte);
    if (!renumbering.add(in_byte_letters({&raw, 1})))
      return tokenizer_error("has no token for the byte " +
                             hex_byte(static_cast<unsigned char>(byte)));
  }
  const auto halves = halves_of(reading);
  if (!halves.ok()) return halves.error();
  if (!halves.value().empty() && !reading.uses_regex)
    return tokenizer_error("merges bytes without cutting a text into words");
  std::string merges;
  for (const auto& [left, right] : halves.value()) {
    const auto left_token = renumbering.find(left), right_token = renumbering.find(right);
    if (!left_token || !right_token || !renumbering.add(left + right))
      return tokenizer_error("has the merge " + in_quotes(left + " " + right) +
                             ", which is not of two earlier tokens or makes none of its own");
    merges += (merges.empty() ? "" : ",") + std::to_string(*left_token) + " " +
              std::to_string(*right_token);
  }
  std::string special;
  for (std::size_t i = 0; i < reading.tokens.size(); ++i) {
    const std::string& token = reading.tokens[i];
    if (!renumbering.add(token)) continue;
    if (i >= reading.added.size() || !reading.added[i] || token.find('\n') != std::string::npos)
      return tokenizer_error("has the token " + in_quotes(token) + ", which no merge makes");
    special += (special.empty() ? "" : "\n") + token;
  }
  std::string json = R"({"kind":"byte"})";
  if (!merges.empty() || !special.empty()) {
    json = R"({"kind":"bpe","merges":")" + merges + "\"" +
           (special.empty() ? "" : ",\"special\":" + json_string(special)) + "}";
  }
  Result<Tokenizer> made = Tokenizer::from_json(json);
  if (!made.ok()) return made.error();
  return ForeignTokenizer{std::move(made.value()), std::move(renumbering.theirs)};
}

}  // namespace

Result<ForeignTokenizer> read_tokenizer_json(std::string_view json) {
  Reading reading;
  const Status read =
      read_json_leaves(json, kWhat, [&](const JsonPath& path, const JsonValue& value) {
        return read_leaf(reading, path, value);
      });
  if (!read.ok()) return read.error();
  if (reading.tokens.empty()) return tokenizer_error("has no model with a vocabulary");
  const Result<Numbers> numbers = numbers_of(reading);
  if (!numbers.ok()) return numbers.error();
  return reading.byte_level ? of_bytes(reading, numbers.value()) : of_characters(reading);
}

}  // namespace clearformer
