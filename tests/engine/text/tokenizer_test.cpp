#include "text/tokenizer.h"

#include <gtest/gtest.h>

#include <numeric>

#include "text/utf8.h"

namespace clearformer {
namespace {

using namespace std::string_literals;

std::vector<Token> all_tokens(const Tokenizer& tokenizer) {
  std::vector<Token> tokens(tokenizer.vocab_size());
  std::iota(tokens.begin(), tokens.end(), 0);
  return tokens;
}

// `n` different characters, none of them ASCII.
std::string different_characters(int n) {
  std::string text;
  for (int i = 0; i < n; ++i) append_utf8(0x10000 + i, text);
  return text;
}

TEST(CharTokenizer, NumbersTheCharactersInCodePointOrder) {
  const Tokenizer tokenizer = make_tokenizer("char", "hello, wörld 😀\nhello").value();
  EXPECT_EQ(tokenizer.kind(), "char");
  EXPECT_EQ(tokenizer.vocab_size(), 12);
  EXPECT_EQ(tokenizer.decode(all_tokens(tokenizer)), "\n ,dehlorwö😀");
  EXPECT_EQ(tokenizer.encode("hö😀\n").value(), (std::vector<Token>{5, 10, 11, 0}));
  EXPECT_EQ(tokenizer.piece(11), "😀");
  EXPECT_TRUE(tokenizer.encode("").value().empty());
}

TEST(CharTokenizer, TheFirstUnknownCharacterIsNamed) {
  const Tokenizer tokenizer = make_tokenizer("char", "abc\n").value();
  const auto message = [&](std::string_view text) {
    const auto tokens = tokenizer.encode(text);
    EXPECT_FALSE(tokens.ok());
    EXPECT_EQ(tokens.error().code, "text");
    return tokens.error().message;
  };
  EXPECT_EQ(message("ab\nécd"),
            "The character \"é\" (U+00E9) at offset 3 (line 2) is not among the 4 characters that "
            "this model knows.");
  EXPECT_EQ(message("\t"),
            "The character \"\\x09\" (U+0009) at offset 0 (line 1) is not among the 4 characters "
            "that this model knows.");
  EXPECT_NE(message("\U0001F600").find("(U+1F600)"), std::string::npos);
  EXPECT_NE(message("\U00102345").find("(U+102345)"), std::string::npos);
  EXPECT_EQ(message("a\xFF"),
            "This is not UTF-8 text: byte 0xFF at offset 1 (line 1) cannot start a character.");
}

TEST(ByteTokenizer, TakesAnyBytes) {
  const Tokenizer tokenizer = make_tokenizer("byte", "").value();
  EXPECT_EQ(tokenizer.kind(), "byte");
  EXPECT_EQ(tokenizer.vocab_size(), 256);
  std::string bytes(256, '\0');
  std::iota(bytes.begin(), bytes.end(), '\0');
  EXPECT_EQ(tokenizer.encode(bytes).value(), all_tokens(tokenizer));
  EXPECT_EQ(tokenizer.decode(all_tokens(tokenizer)), bytes);
}

TEST(BpeTokenizer, LearnsItsTokensFromTheText) {
  const Tokenizer tokenizer = make_tokenizer("bpe:300", "hello, hello 漢字漢字漢字").value();
  EXPECT_EQ(tokenizer.kind(), "bpe");
  EXPECT_GT(tokenizer.vocab_size(), 260);
  EXPECT_LT(tokenizer.vocab_size(), 300);       // the text has no more
  EXPECT_EQ(tokenizer.piece(256), "\xA2\xE5");  // the end of 漢, the beginning of 字
  const std::string bytes = "hello 漢\xFF\xE6";
  const std::vector<Token> tokens = tokenizer.encode(bytes).value();
  EXPECT_LT(tokens.size(), bytes.size());
  EXPECT_EQ(tokenizer.decode(tokens), bytes);
  EXPECT_EQ(make_tokenizer("bpe:257", "hello, hello").value().vocab_size(), 257);
}

TEST(Tokenizer, IsNamedAsARecipeHasIt) {
  const auto named = [](std::string_view made, std::string_view name) {
    return make_tokenizer(made, "a text, a text").value().is_named(name);
  };
  EXPECT_TRUE(named("char", "char"));
  EXPECT_TRUE(named("byte", "byte"));
  EXPECT_FALSE(named("byte", "char"));
  EXPECT_FALSE(named("byte", "bpe:257"));
  EXPECT_TRUE(named("bpe:258", "bpe:258"));
  EXPECT_TRUE(named("bpe:258", "bpe:4000"));
  EXPECT_FALSE(named("bpe:258", "bpe:257"));
  EXPECT_FALSE(named("bpe:258", "bpe"));
  EXPECT_FALSE(named("bpe:258", "byte"));
}

TEST(MakeTokenizer, LeavesAByteOrderMarkOut) {
  EXPECT_EQ(make_tokenizer("char",
                           "\xEF\xBB\xBF"
                           "ab")
                .value()
                .vocab_size(),
            2);
}

TEST(MakeTokenizer, RefusesWhatItCannotUse) {
  const auto error = [](std::string_view kind, std::string_view text) {
    const auto tokenizer = make_tokenizer(kind, text);
    EXPECT_FALSE(tokenizer.ok());
    return tokenizer.error();
  };
  EXPECT_EQ(error("char", "").message, "The text is empty; it needs at least one character.");
  EXPECT_EQ(error("char", "a\xC3").code, "text");
}

TEST(MakeTokenizer, TheVocabularyIsBounded) {
  EXPECT_EQ(make_tokenizer("char", different_characters(kMaxVocabSize)).value().vocab_size(),
            kMaxVocabSize);
  EXPECT_EQ(make_tokenizer("char", different_characters(kMaxVocabSize + 1)).error().message,
            "The text has 65,537 different characters; at most 65,536 are allowed. Set tokenizer "
            "to byte.");
}

TEST(TokenizerJson, ComesBack) {
  const std::string odd = "\x01\t\n\"\\/aé\u2028漢\U0010FFFF";
  for (const char* const name : {"char", "byte", "bpe:260"}) {
    const Tokenizer tokenizer = make_tokenizer(name, odd + odd).value();
    const Result<Tokenizer> again = Tokenizer::from_json(tokenizer.to_json());
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_EQ(again.value().to_json(), tokenizer.to_json());
    EXPECT_EQ(again.value().kind(), tokenizer.kind());
    EXPECT_EQ(again.value().vocab_size(), tokenizer.vocab_size());
    EXPECT_EQ(again.value().encode(odd).value(), tokenizer.encode(odd).value());
  }
  EXPECT_EQ(make_tokenizer("byte", "").value().to_json(), "{\"kind\":\"byte\"}");
  EXPECT_EQ(make_tokenizer("bpe:300", "xyzxyz").value().to_json(),
            "{\"kind\":\"bpe\",\"merges\":\"120 121,256 122\"}");
  EXPECT_EQ(make_tokenizer("char", "b\na").value().to_json(),
            "{\"kind\":\"char\",\"characters\":\"\\nab\"}");
}

// Somebody else's model may have them: no text is read as one.
TEST(TokenizerJson, SpecialTokensComeLast) {
  const std::string json =
      "{\"kind\":\"bpe\",\"merges\":\"104 101\",\"special\":\"<|end|>\\n<|pad|>\"}";
  const Result<Tokenizer> read = Tokenizer::from_json(json);
  ASSERT_TRUE(read.ok()) << read.error().message;
  const Tokenizer& tokenizer = read.value();
  EXPECT_EQ(tokenizer.to_json(), json);
  EXPECT_EQ(tokenizer.vocab_size(), 259);
  EXPECT_EQ(tokenizer.name(), "bpe:259");
  EXPECT_EQ(tokenizer.merges(), "104 101");
  EXPECT_EQ(tokenizer.piece(258), "<|pad|>");
  EXPECT_EQ(tokenizer.encode("he<|end|>").value().size(), 1 + 7u);
  for (const char* const special : {"", "a", "a\\n", "<|end|>\\n<|end|>", "he", "\\n"}) {
    EXPECT_FALSE(Tokenizer::from_json("{\"kind\":\"bpe\",\"merges\":\"104 101\",\"special\":\"" +
                                      std::string(special) + "\"}")
                     .ok())
        << special;
  }
  EXPECT_FALSE(Tokenizer::from_json("{\"kind\":\"byte\",\"special\":\"<|end|>\"}").ok());
}

TEST(TokenizerJson, RefusesWhatIsNoTokenizer) {
  const auto message = [](std::string_view json) {
    const Result<Tokenizer> tokenizer = Tokenizer::from_json(json);
    EXPECT_FALSE(tokenizer.ok()) << json;
    EXPECT_EQ(tokenizer.error().code, "file");
    return tokenizer.error().message;
  };
  const auto entries = [](const std::string& kind) {
    return "The tokenizer is of kind " + kind +
           "; char has characters, bpe has merges and may have special tokens, byte has neither.";
  };
  EXPECT_EQ(message("[]"), "The tokenizer must be a JSON object; this is a list.");
  EXPECT_EQ(message("{}"), "The tokenizer has no kind; it must be char, byte or bpe.");
  EXPECT_EQ(message("{\"kind\":\"word\"}"),
            "The tokenizer is of kind \"word\"; it must be char, byte or bpe.");
  EXPECT_EQ(message("{\"kind\":\"bpe\"}"), entries("bpe"));
  EXPECT_EQ(message("{\"kind\":\"bpe\",\"merges\":\"\",\"characters\":\"a\"}"), entries("bpe"));
  EXPECT_EQ(message("{\"kind\":\"char\",\"merges\":\"\",\"characters\":\"a\"}"), entries("char"));
  EXPECT_EQ(message("{\"kind\":\"bpe\",\"merges\":\"1 2,256 257\"}").substr(0, 60),
            "The tokenizer's merge \"256 257\" cannot make token 257: a tok");
  EXPECT_EQ(message("{\"kind\":1}"), "The tokenizer has kind 1; it must be a string.");
  EXPECT_EQ(message("{\"kind\":\"byte\",\"kind\":\"byte\"}"), "The tokenizer has kind twice.");
  EXPECT_EQ(message("{\"kind\":\"byte\",\"size\":256}"),
            "The tokenizer has an unknown entry \"size\".");
  EXPECT_EQ(message("{\"kind\":\"byte\",\"characters\":\"\"}"), entries("byte"));
  EXPECT_EQ(message("{\"kind\":\"char\"}"), entries("char"));
  EXPECT_EQ(message("{\"kind\":\"char\",\"characters\":\"\"}"), entries("char"));
  EXPECT_EQ(message("{\"kind\":\"char\",\"characters\":[\"a\"]}"),
            "The tokenizer has characters a list; it must be a string.");
  EXPECT_EQ(message("{\"kind\":\"char\",\"characters\":\"aba\"}"),
            "The tokenizer has the character \"a\" (U+0061) after \"b\" (U+0062); they must be in "
            "rising order, each once.");
  EXPECT_NE(message("{\"kind\":\"char\",\"characters\":\"aa\"}").find("each once"),
            std::string::npos);
  EXPECT_NE(message("{\"kind\":\"char\",\"characters\":\"\\ud800\"}").find("not valid JSON"),
            std::string::npos);
  EXPECT_EQ(message("{\"kind\":\"char\",\"characters\":\"" +
                    different_characters(kMaxVocabSize + 1) + "\"}"),
            "The tokenizer has 65,537 characters; at most 65,536 are allowed.");
}

// What a StreamDecoder gives for bytes, piece by piece, the flushed rest last.
std::vector<std::string> stream(std::string_view bytes) {
  const Tokenizer tokenizer = make_tokenizer("byte", "").value();
  StreamDecoder decoder(tokenizer);
  std::vector<std::string> pieces;
  for (const char byte : bytes) pieces.push_back(decoder.push(static_cast<unsigned char>(byte)));
  pieces.push_back(decoder.flush());
  return pieces;
}

std::string joined(const std::vector<std::string>& pieces) {
  return std::accumulate(pieces.begin(), pieces.end(), std::string());
}

TEST(StreamDecoder, HoldsACharacterBackUntilItIsWhole) {
  EXPECT_EQ(stream("aé漢😀"),
            (std::vector<std::string>{"a", "", "é", "", "", "漢", "", "", "", "😀", ""}));
}

TEST(StreamDecoder, PassesCharactersOn) {
  const Tokenizer tokenizer = make_tokenizer("char", "é漢").value();
  StreamDecoder decoder(tokenizer);
  EXPECT_EQ(decoder.push(1), "漢");
  EXPECT_EQ(decoder.push(0), "é");
  EXPECT_EQ(decoder.flush(), "");
}

TEST(StreamDecoder, HoldsBackWhatATokenCutsOff) {
  // Tokens 256, 257, ...: "é" with half of the next character.
  const Tokenizer tokenizer =
      Tokenizer::from_json("{\"kind\":\"bpe\",\"merges\":\"195 169,256 230,188 162\"}").value();
  StreamDecoder decoder(tokenizer);
  EXPECT_EQ(decoder.push(257), "é");
  EXPECT_EQ(decoder.push(258), "漢");
  EXPECT_EQ(decoder.push(257), "é");
  EXPECT_EQ(decoder.push('a'), "\uFFFDa");
  EXPECT_EQ(decoder.push(257), "é");
  EXPECT_EQ(decoder.flush(), "\uFFFD");
}

// The Unicode Standard 15.0, tables 3-8 to 3-11.
TEST(StreamDecoder, ReplacesEachMaximalSubpart) {
  const auto replaced = [](int n) {
    std::string text;
    for (int i = 0; i < n; ++i) append_utf8(kReplacementCharacter, text);
    return text;
  };
  EXPECT_EQ(joined(stream("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41")), replaced(8) + "A");
  EXPECT_EQ(joined(stream("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41")), replaced(8) + "A");
  EXPECT_EQ(joined(stream("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42")),
            replaced(5) + "A" + replaced(2) + "B");
  EXPECT_EQ(joined(stream("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41")), replaced(4) + "A");
  EXPECT_EQ(joined(stream("ab\xF0\x9F")), "ab" + replaced(1));
}

TEST(StreamDecoder, GivesWholeCharactersWhateverComes) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string bytes = {static_cast<char>(first), static_cast<char>(second), 'z'};
      for (const std::string& piece : stream(bytes)) ASSERT_TRUE(check_utf8(piece).ok());
      ASSERT_EQ(joined(stream(bytes)).back(), 'z');
    }
  }
}

}  // namespace
}  // namespace clearformer
