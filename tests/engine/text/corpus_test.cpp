#include "text/corpus.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "base/rng.h"

namespace clearformer {
namespace {

using namespace std::string_literals;

std::string error_of(const Status& status) {
  if (status.ok()) return "";
  EXPECT_EQ(status.error().code, "text");
  return status.error().message;
}

std::string repeated(const std::string& pattern, std::size_t size) {
  std::string text;
  while (text.size() < size) text += pattern;
  text.resize(size);
  return text;
}

TEST(CheckText, TakesUtf8) {
  EXPECT_TRUE(check_text("a").ok());
  EXPECT_TRUE(check_text("\xEF\xBB\xBF"
                         "héllo 漢 😀\r\n\t\x1B")
                  .ok());
}

TEST(CheckText, RefusesAnEmptyText) {
  EXPECT_EQ(error_of(check_text("")), "The text is empty; it needs at least one character.");
  EXPECT_EQ(error_of(check_text("\xEF\xBB\xBF")),
            "The text is empty; it needs at least one character.");
}

TEST(CheckText, RefusesATextThatIsTooLong) {
  std::string text(kMaxTextBytes, 'a');
  EXPECT_TRUE(check_text(text).ok());
  text += 'a';
  EXPECT_EQ(error_of(check_text(text)),
            "The text is 104,857,601 bytes; at most 104,857,600 are allowed.");
}

TEST(CheckText, RefusesABinaryFile) {
  EXPECT_EQ(
      error_of(check_text("\x89PNG\r\n\x1A\n\0\0\0\rIHDR"s)),
      "This is a binary file, not a text: it has a zero byte at offset 8. Choose a plain text "
      "file, saved as UTF-8.");
}

TEST(CheckText, NamesOtherUnicodeEncodings) {
  EXPECT_EQ(error_of(check_text("\xFF\xFEh\0i\0"s)),
            "The text begins with the byte order mark of UTF-16; only UTF-8 can be read. Save it "
            "as UTF-8 and try again.");
  EXPECT_NE(error_of(check_text("\xFE\xFF\0h\0i"s)).find("mark of UTF-16;"), std::string::npos);
  EXPECT_NE(error_of(check_text("\xFF\xFE\0\0h\0\0\0"s)).find("mark of UTF-32;"),
            std::string::npos);
  EXPECT_NE(error_of(check_text("\0\0\xFE\xFF\0\0\0h"s)).find("mark of UTF-32;"),
            std::string::npos);
}

TEST(CheckText, RefusesInvalidUtf8) {
  EXPECT_EQ(error_of(check_text("caf\xE9\n")),
            "This is not UTF-8 text: bytes 0xE9 0x0A at offset 3 (line 1) do not make a "
            "character. Save it as UTF-8 and try again.");
}

Result<Corpus> corpus_of(std::string_view text, double val_fraction, int block_size) {
  return make_corpus(text, make_tokenizer("byte", text).value(), val_fraction, block_size);
}

TEST(Corpus, HoldsOutTheEndOfTheText) {
  const std::string text = repeated("abcdefghij", 100);
  const Corpus corpus = corpus_of(text, 0.1, 4).value();
  EXPECT_EQ(corpus.n_train, 90);
  ASSERT_EQ(corpus.train().size(), 90u);
  ASSERT_EQ(corpus.val().size(), 10u);
  EXPECT_EQ(corpus.train().front(), 'a');
  EXPECT_EQ(corpus.val().front(), 'a');
  EXPECT_EQ(corpus.val().data(), corpus.train().data() + 90);
}

// nanoGPT's split of its character-level Shakespeare, of 1,115,394 characters.
TEST(Corpus, SplitsAsNanoGptDoes) {
  const Corpus corpus = corpus_of(std::string(1'115'394, 'x'), 0.1, 64).value();
  EXPECT_EQ(corpus.train().size(), 1'003'854u);
  EXPECT_EQ(corpus.val().size(), 111'540u);
}

TEST(Corpus, HoldsNothingOutWhereTheFractionIsZero) {
  const Corpus corpus = corpus_of("abcdef", 0, 5).value();
  EXPECT_EQ(corpus.train().size(), 6u);
  EXPECT_TRUE(corpus.val().empty());
}

TEST(Corpus, LeavesAByteOrderMarkOut) {
  const Corpus corpus = corpus_of("\xEF\xBB\xBFxyz", 0, 1).value();
  EXPECT_EQ(corpus.tokens, (std::vector<Token>{'x', 'y', 'z'}));
}

TEST(Corpus, APartMustBeLongerThanABlock) {
  const auto message = [](std::size_t size, double val_fraction, int block_size) {
    const auto corpus = corpus_of(std::string(size, 'x'), val_fraction, block_size);
    EXPECT_EQ(corpus.ok() ? "text" : corpus.error().code, "text");
    return corpus.ok() ? "" : corpus.error().message;
  };
  EXPECT_EQ(message(65, 0, 64), "");
  EXPECT_EQ(message(64, 0, 64),
            "The text is 64 tokens long; block_size 64 needs at least 65. Use a longer text or a "
            "smaller block_size.");
  EXPECT_EQ(message(128, 0.5, 64),
            "The training part of the text is 64 tokens long; block_size 64 needs at least 65. Use "
            "a longer text or a smaller block_size.");
  EXPECT_EQ(message(130, 0.5, 64), "");
  EXPECT_EQ(message(650, 0.1, 64), "");
  EXPECT_EQ(message(640, 0.1, 64),
            "The part of the text held out by val_fraction 0.1 is 64 tokens long; block_size 64 "
            "needs at least 65. Use a longer text, a smaller block_size or val_fraction 0.");
  // A fraction that is lost in rounding still asks for a part that is not there.
  EXPECT_NE(message(1000, 1e-20, 4).find("val_fraction 1e-20 is 0 tokens long"), std::string::npos);
  EXPECT_NE(message(1, 0, 4096).find("is 1 token long; block_size 4096 needs at least 4,097."),
            std::string::npos);
}

TEST(Corpus, ChecksTheTextAndItsCharacters) {
  const Tokenizer ab = make_tokenizer("char", "ab").value();
  EXPECT_EQ(make_corpus("", ab, 0, 1).error().code, "text");
  EXPECT_EQ(make_corpus("a\0b"s, ab, 0, 1).error().code, "text");
  EXPECT_NE(make_corpus("abc", ab, 0, 1).error().message.find("\"c\" (U+0063)"), std::string::npos);
}

TextStats stats_of(const std::vector<Token>& tokens, int vocab_size) {
  return measure_text("", tokens, vocab_size);
}

TEST(TextStats, CountsBytesCharactersAndTokens) {
  const std::string text = "\xEF\xBB\xBFhé漢😀";
  const Tokenizer tokenizer = make_tokenizer("char", text).value();
  const Corpus corpus = make_corpus(text, tokenizer, 0, 1).value();
  const TextStats stats = measure_text(text, corpus.tokens, tokenizer.vocab_size());
  EXPECT_EQ(stats.bytes, 10);
  EXPECT_EQ(stats.characters, 4);
  EXPECT_EQ(stats.tokens, 4);
  EXPECT_EQ(stats.vocab_size, 4);
}

TEST(TextStats, OfTextsThatCanBeWorkedOutByHand) {
  // One token, again and again: no surprise.
  EXPECT_EQ(stats_of({1, 1, 1, 1}, 2).unigram_entropy, 0);
  EXPECT_EQ(stats_of({1, 1, 1, 1}, 2).bigram_entropy, 0);
  // Two in turn: one bit alone, none given the one before.
  EXPECT_DOUBLE_EQ(stats_of({0, 1, 0, 1, 0, 1}, 2).unigram_entropy, std::log(2.0));
  EXPECT_EQ(stats_of({0, 1, 0, 1, 0, 1}, 2).bigram_entropy, 0);
  // Pairs 00 01 11 10: after either, both are as frequent.
  EXPECT_DOUBLE_EQ(stats_of({0, 0, 1, 1, 0}, 2).bigram_entropy, std::log(2.0));
  // A single token has no pair; no tokens have nothing.
  EXPECT_EQ(stats_of({0}, 1).bigram_entropy, 0);
  EXPECT_EQ(stats_of({}, 1).unigram_entropy, 0);
}

// The same from maps and the definitions, for vocabularies small and as large as there are.
TEST(TextStats, AgreesWithTheDefinitions) {
  for (const int vocab_size : {2, 65, 1000, kMaxVocabSize}) {
    const Rng rng(vocab_size, Stream::kTest);
    std::vector<Token> tokens;
    for (int i = 0; i < 20'000; ++i) {
      // Squared, so that some tokens are frequent; the last one is among them.
      const double u = rng.uniform(i);
      tokens.push_back(static_cast<Token>((1 - u * u) * vocab_size));
      if (tokens.back() == vocab_size) --tokens.back();
    }
    std::map<Token, double> singles, firsts;
    std::map<std::pair<Token, Token>, double> pairs;
    const auto n = static_cast<double>(tokens.size());
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      ++singles[tokens[i]];
      if (i == 0) continue;
      ++firsts[tokens[i - 1]];
      ++pairs[{tokens[i - 1], tokens[i]}];
    }
    double unigram = 0, bigram = 0;
    for (const auto& [token, count] : singles) unigram -= count / n * std::log(count / n);
    for (const auto& [pair, count] : pairs) {
      bigram -= count / (n - 1) * std::log(count / firsts[pair.first]);
    }
    const TextStats stats = stats_of(tokens, vocab_size);
    // A sum of m positive terms is off by at most m epsilons of it; each term by 3 of its own and,
    // through the quotient under the logarithm, one of its weight. Both sides: twice that.
    const auto tolerance = [](std::size_t m, double sum) {
      return 2 * std::numeric_limits<double>::epsilon() * ((static_cast<double>(m) + 3) * sum + 1);
    };
    EXPECT_NEAR(stats.unigram_entropy, unigram, tolerance(singles.size(), unigram));
    EXPECT_NEAR(stats.bigram_entropy, bigram, tolerance(pairs.size(), bigram));
    EXPECT_LE(stats.unigram_entropy, std::log(vocab_size));
    EXPECT_GT(stats.bigram_entropy, 0);
  }
}

}  // namespace
}  // namespace clearformer
