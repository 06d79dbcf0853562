#include "exchange/tokenizer_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "exchange/byte_alphabet.h"
#include "text/json_object.h"

namespace clearformer {
namespace {

using testing::HasSubstr;

Tokenizer tokenizer_of(const char* kind, std::string_view text) {
  Result<Tokenizer> made = make_tokenizer(kind, text);
  CHECK(made.ok());
  return made.value();
}

std::string error_of(std::string_view json) {
  const auto read = read_tokenizer_json(json);
  if (read.ok()) return "";
  EXPECT_EQ(read.error().code, "file");
  return read.error().message;
}

TEST(TokenizerJson, GivesTheTokenizerBack) {
  for (const Tokenizer& tokenizer :
       {tokenizer_of("byte", ""), tokenizer_of("char", "a"),
        tokenizer_of("bpe:290", "the cat's the caf\u00E9, \u72D0 \u72D0 12 12 cat's the caf\u00E9"),
        tokenizer_of("char", "a \"quoted\" \\ line\nand a tab\t, Zo\u00EB, \u72D0, \U0001F98A")}) {
    const auto read = read_tokenizer_json(write_tokenizer_json(tokenizer));
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read.value().tokenizer.to_json(), tokenizer.to_json());
    EXPECT_TRUE(std::is_sorted(read.value().theirs.begin(), read.value().theirs.end()));
  }
}

TEST(TokenizerJson, BytesHaveGpt2sLetters) {
  EXPECT_EQ(in_byte_letters("A \n\t~\x7F"), "A\u0120\u010A\u0109~\u0121");
  EXPECT_EQ(byte_letter(0), 0x100u);
  EXPECT_EQ(byte_letter(0xA0), 0x142u);
  EXPECT_EQ(byte_letter(0xAD), 0x143u);
  EXPECT_EQ(byte_letter(0xFF), 0xFFu);
}

TEST(TokenizerJson, WhatOursCannotDoIsRefused) {
  EXPECT_THAT(error_of(R"({"model":{"vocab":{"a":0,"b":1},"merges":["a b"]}})"),
              HasSubstr("merges characters, not bytes; a tokenizer of Clearformer's has a token"));
  EXPECT_THAT(error_of(R"({"normalizer":{"type":"Lowercase"},"model":{"vocab":{"a":0}}})"),
              HasSubstr("has a normalizer"));
  EXPECT_THAT(error_of(R"({"model":{"vocab":{"a":0,"bc":1}}})"),
              HasSubstr("has the token \"bc\", which is no character"));
  EXPECT_THAT(error_of(R"({"model":{"vocab":{"a":0,"c":2}}})"),
              HasSubstr("no token of the number 1"));
  EXPECT_THAT(error_of(R"({"model":{"vocab":{"a":0,"b":0}}})"),
              HasSubstr("two tokens of the number 0"));
  EXPECT_THAT(error_of(R"({"model":{"vocab":[["a",-1.5]]}})"), HasSubstr("no list of names and"));
  EXPECT_THAT(error_of(R"({"pre_tokenizer":{"type":"ByteLevel"},"model":{"vocab":{"a":0}}})"),
              HasSubstr("has no token for the byte 0x00"));
  EXPECT_THAT(error_of(R"({"model":{}})"), HasSubstr("has no model with a vocabulary"));
  EXPECT_THAT(error_of("[1"), HasSubstr("tokenizer.json is not valid JSON: it ends too early"));
}

// Bytes in another order, a special token before them, and merges; as GPT-2's file has them.
std::string foreign_json(const std::string& merges, const std::string& rest = "",
                         const std::string& tokens = "") {
  std::string json = R"({"added_tokens":[{"id":0,"content":"<|end|>","special":true}],)"
                     R"("pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false},)" +
                     rest + R"("model":{"type":"BPE","vocab":{"<|end|>":0)";
  for (int i = 0; i < 256; ++i) {
    const char byte = static_cast<char>(255 - i);
    json += ',';
    json += json_string(in_byte_letters({&byte, 1})) + ":" + std::to_string(i + 1);
  }
  return json + R"(,"he":257,"the":258)" + tokens + R"(},"merges":[)" + merges + "]}}";
}

TEST(TokenizerJson, OtherNumbersAreBroughtToOurs) {
  for (const char* const merges : {R"("h e","t he")", R"(["h","e"],["t","he"])"}) {
    const auto read = read_tokenizer_json(foreign_json(merges));
    ASSERT_TRUE(read.ok()) << read.error().message;
    const auto& [tokenizer, theirs] = read.value();
    EXPECT_EQ(tokenizer.name(), "bpe:259");
    ASSERT_EQ(theirs.size(), 259u);
    EXPECT_EQ(theirs[0], 256);  // byte 0, which they have last
    EXPECT_EQ(theirs[255], 1);
    EXPECT_EQ(theirs[256], 257);  // "he"
    EXPECT_EQ(theirs[258], 0);    // the special one comes last
    EXPECT_EQ(tokenizer.encode("the<|end|>").value(),
              (std::vector<Token>{257, '<', '|', 'e', 'n', 'd', '|', '>'}));
    EXPECT_EQ(tokenizer.decode(std::vector<Token>{257, 258}), "the<|end|>");
    // From then on they are ours.
    const auto again = read_tokenizer_json(write_tokenizer_json(tokenizer));
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_EQ(again.value().tokenizer.to_json(), tokenizer.to_json());
    EXPECT_TRUE(std::is_sorted(again.value().theirs.begin(), again.value().theirs.end()));
  }
  const auto characters = read_tokenizer_json(R"({"model":{"vocab":{"b":0,"a":1}}})");
  ASSERT_TRUE(characters.ok());
  EXPECT_EQ(characters.value().theirs, (std::vector<Token>{1, 0}));
}

TEST(TokenizerJson, OtherWaysToReadATextAreRefused) {
  const std::string merges = R"("h e","t he")";
  const auto with = [&](const std::string& rest, const std::string& tokens = "") {
    return error_of(foreign_json(merges, rest, tokens));
  };
  EXPECT_EQ(with(""), "");
  EXPECT_EQ(with(R"("decoder":{"type":"ByteLevel"},"post_processor":{"type":"ByteLevel"},)"), "");
  EXPECT_THAT(with(R"("pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split"}]},)"),
              HasSubstr("cuts a text by \"Split\""));
  EXPECT_THAT(with(R"("pre_tokenizer":{"add_prefix_space":true},)"), HasSubstr("a space before"));
  EXPECT_THAT(with(R"("pre_tokenizer":{"use_regex":false},)"), HasSubstr("without cutting"));
  EXPECT_THAT(with(R"("post_processor":{"type":"TemplateProcessing"},)"),
              HasSubstr("around a text"));
  EXPECT_THAT(with(R"("model":{"byte_fallback":true},)"), HasSubstr("byte_fallback true"));
  EXPECT_THAT(with(R"("model":{"type":"Unigram"},)"), HasSubstr("of the type \"Unigram\""));
  EXPECT_THAT(with(R"("added_tokens":[{"id":259,"content":"  ","special":false}],)"),
              HasSubstr("looks for tokens in a text"));
  EXPECT_THAT(with("", R"(,"zz":259)"), HasSubstr("the token \"zz\", which no merge makes"));
  EXPECT_THAT(error_of(foreign_json(R"("t he","h e")")), HasSubstr("not of two earlier tokens"));
  EXPECT_THAT(error_of(foreign_json(R"("h e","he")")), HasSubstr("which is no pair"));
  EXPECT_THAT(error_of(foreign_json(R"("h e",["t","he"])")), HasSubstr("merges of two forms"));
  EXPECT_THAT(error_of(foreign_json(R"("h e","h e","t he")")), HasSubstr("makes none of its own"));
  EXPECT_THAT(error_of(foreign_json(R"("h e")")), HasSubstr("\"the\", which no merge makes"));
}

TEST(TokenizerJson, ANumberBeyondAnyVocabularyTakesNoMemory) {
  for (const char* id : {"65536", "1e18", "-1", "0.5", "\"0\"", "null"}) {
    const std::string json = std::string(R"({"model":{"vocab":{"a":)") + id + "}}}";
    EXPECT_THAT(error_of(json), HasSubstr("it must be a whole number from 0 to 65,535.")) << id;
  }
}

}  // namespace
}  // namespace clearformer
