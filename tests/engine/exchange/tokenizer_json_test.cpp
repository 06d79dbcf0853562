#include "exchange/tokenizer_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exchange/byte_alphabet.h"

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
        tokenizer_of("char", "a \"quoted\" \\ line\nand a tab\t, Zo\u00EB, \u72D0, \U0001F98A")}) {
    const auto read = read_tokenizer_json(write_tokenizer_json(tokenizer));
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read.value().to_json(), tokenizer.to_json());
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
  EXPECT_THAT(
      error_of(R"({"model":{"vocab":{"a":0,"b":1},"merges":["a b"]}})"),
      HasSubstr("merges symbols; Clearformer's tokenizers have a token for each character"));
  EXPECT_THAT(error_of(R"({"model":{"vocab":{"a":0},"merges":[["a","b"]]}})"),
              HasSubstr("merges symbols"));
  EXPECT_THAT(error_of(R"({"normalizer":{"type":"Lowercase"},"model":{"vocab":{"a":0}}})"),
              HasSubstr("has a normalizer"));
  EXPECT_THAT(error_of(R"({"model":{"vocab":{"a":0,"bc":1}}})"),
              HasSubstr("has the token \"bc\", which is no character"));
  EXPECT_THAT(error_of(R"({"model":{"vocab":{"a":0,"c":2}}})"), HasSubstr("has the token \"\""));
  EXPECT_THAT(error_of(R"({"model":{"vocab":{"a":0,"b":0}}})"),
              HasSubstr("two tokens of the number 0"));
  EXPECT_THAT(error_of(R"({"model":{"vocab":{"b":0,"a":1}}})"),
              HasSubstr("must be in rising order"));
  EXPECT_THAT(error_of(R"({"model":{"vocab":[["a",-1.5]]}})"), HasSubstr("no list of names and"));
  EXPECT_THAT(error_of(R"({"pre_tokenizer":{"type":"ByteLevel"},"model":{"vocab":{"a":0}}})"),
              HasSubstr("numbers its bytes otherwise"));
  EXPECT_THAT(error_of(R"({"model":{}})"), HasSubstr("has no model with a vocabulary"));
  EXPECT_THAT(error_of("[1"), HasSubstr("tokenizer.json is not valid JSON: it ends too early"));
}

TEST(TokenizerJson, ANumberBeyondAnyVocabularyTakesNoMemory) {
  for (const char* id : {"65536", "1e18", "-1", "0.5", "\"0\"", "null"}) {
    const std::string json = std::string(R"({"model":{"vocab":{"a":)") + id + "}}}";
    EXPECT_THAT(error_of(json), HasSubstr("it must be a whole number from 0 to 65,535.")) << id;
  }
}

}  // namespace
}  // namespace clearformer
