#include "text/bpe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "tests/engine/support/random.h"
#include "tests/engine/support/training_text.h"
#include "text/word_index.h"
#include "text/word_splitter.h"

namespace clearformer {
namespace {

// Every script and sign that a text may mix, and bytes that are none.
constexpr std::string_view kPieces[] = {"the ",
                                        "The",
                                        " cat's",
                                        "we'll",
                                        "  ",
                                        "\n",
                                        "\r\n",
                                        "\t",
                                        "aa",
                                        "aaa",
                                        "abab",
                                        "b",
                                        "12",
                                        "2026",
                                        ".",
                                        "!!",
                                        "é",
                                        "Zoë",
                                        "漢字",
                                        "かな",
                                        "हिन्दी",
                                        "עברית",
                                        "عربي",
                                        "😀",
                                        "👍🏽",
                                        "\u00a0",
                                        "\u3000",
                                        "\xFF",
                                        "\xC3",
                                        "\xE2\x82",
                                        std::string_view("\0", 1)};

std::string random_text(test::Random& random, int n_pieces) {
  std::string text;
  for (int i = 0; i < n_pieces; ++i) text += kPieces[random.token(std::size(kPieces))];
  return text;
}

std::string random_bytes(test::Random& random, int n) {
  std::string bytes(n, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.token(256));
  return bytes;
}

std::string decode(const Bpe& bpe, const std::vector<Token>& tokens) {
  std::string text;
  for (const Token token : tokens) bpe.append_piece(token, text);
  return text;
}

// Byte-pair encoding as its definition reads, everything counted anew for each merge.
using Words = std::vector<std::vector<Token>>;

Words byte_words(std::string_view text) {
  Words words;
  WordSplitter().for_each_word(text, [&](std::string_view word) {
    auto& tokens = words.emplace_back();
    for (const char byte : word) tokens.push_back(static_cast<unsigned char>(byte));
  });
  return words;
}

void merge_everywhere(Words& words, const Merge& merge, Token made) {
  for (auto& word : words) {
    std::vector<Token> merged;
    for (std::size_t i = 0; i < word.size(); ++i) {
      const bool here = i + 1 < word.size() && word[i] == merge.left && word[i + 1] == merge.right;
      merged.push_back(here ? made : word[i]);
      i += here;
    }
    word = std::move(merged);
  }
}

std::vector<Merge> naive_merges(std::string_view text, int vocab_size) {
  Words words = byte_words(text);
  std::vector<Merge> merges;
  while (kByteTokens + static_cast<int>(merges.size()) < vocab_size) {
    std::map<std::pair<Token, Token>, int> counts;
    for (const auto& word : words)
      for (std::size_t i = 0; i + 1 < word.size(); ++i) ++counts[{word[i], word[i + 1]}];
    const auto best = std::max_element(counts.begin(), counts.end(), [](auto& a, auto& b) {
      return a.second < b.second;
    });  // the first of equals
    if (best == counts.end() || best->second < 2) break;
    merges.push_back({best->first.first, best->first.second});
    merge_everywhere(words, merges.back(), kByteTokens + static_cast<Token>(merges.size()) - 1);
  }
  return merges;
}

std::vector<Token> naive_encode(std::string_view text, const std::vector<Merge>& merges) {
  Words words = byte_words(text);
  for (std::size_t i = 0; i < merges.size(); ++i)
    merge_everywhere(words, merges[i], kByteTokens + static_cast<Token>(i));
  std::vector<Token> tokens;
  for (const auto& word : words) tokens.insert(tokens.end(), word.begin(), word.end());
  return tokens;
}

TEST(LearnMerges, TakesTheMostFrequentPairThenTheSmallest) {
  // "ab" three times, then what is there twice; what is there once is no pair.
  EXPECT_EQ(learn_merges("ab ab ab cd cd xy", 300),
            (std::vector<Merge>{{'a', 'b'}, {' ', 'c'}, {' ', 256}, {257, 'd'}}));
  EXPECT_EQ(learn_merges("dd.cc.dd.cc", 257), (std::vector<Merge>{{'c', 'c'}}));
  EXPECT_EQ(learn_merges("ba ca ba ca", 257), (std::vector<Merge>{{' ', 'c'}}));
  EXPECT_EQ(learn_merges("xyzxyz.xyz", 259), (std::vector<Merge>{{'x', 'y'}, {256, 'z'}}));
  EXPECT_TRUE(learn_merges("abc", 300).empty());
  EXPECT_TRUE(learn_merges("", 300).empty());
  EXPECT_TRUE(learn_merges("aaaa", 256).empty());
}

TEST(LearnMerges, DoesNotReachFromWordToWord) {
  for (const auto& [left, right] : learn_merges("a1a1a1.b.b.\nx\nx", 300))
    ADD_FAILURE() << left << " " << right;
}

TEST(LearnMerges, IsWhatCountingAnewGives) {
  test::Random random(11);
  for (int i = 0; i < 60; ++i) {
    std::string text = random_text(random, 1 + random.token(200));
    if (i % 3 == 0) text = std::string(1 + random.token(300), 'a');
    if (i % 3 == 1)
      for (char& byte : text) byte = "ab"[random.token(2)];
    ASSERT_EQ(learn_merges(text, 340), naive_merges(text, 340)) << text;
  }
  const std::string text = test::training_text(400);
  EXPECT_EQ(learn_merges(text, 400), naive_merges(text, 400));
}

TEST(LearnMerges, MakesNoBytesTwice) {
  test::Random random(16);
  for (int i = 0; i < 200; ++i) {
    std::string text = random_text(random, 1 + random.token(300));
    if (i % 2 == 0)  // few letters, so that the same bytes come about in many ways
      for (char& byte : text) byte = "aab "[random.token(2 + i / 2 % 3)];
    const Bpe bpe(learn_merges(text, 2000));
    std::set<std::string> pieces;
    for (Token token = 0; token < bpe.vocab_size(); ++token) {
      std::string piece;
      bpe.append_piece(token, piece);
      ASSERT_TRUE(pieces.insert(piece).second) << piece;
    }
  }
}

TEST(LearnMerges, TakesBoundedMemory) {
  // More words of nine letters than are counted, then one that is frequent.
  std::string text;
  for (std::size_t i = 0; text.size() < 2 * WordIndex::kMaxBytes; ++i)
    for (int shift = 0; shift < 40; shift += 4)
      text += shift == 0 ? '\n' : static_cast<char>('a' + (i * 0x9E3779B97F4A7C15 >> shift & 15));
  for (int i = 0; i < 200'000; ++i) text += " zqzqzqzqzq";
  const Bpe bpe(learn_merges(text, 300));
  EXPECT_EQ(bpe.merges().size(), 44u);
  for (const auto& [left, right] : bpe.merges()) EXPECT_NE(left, 'z');
  EXPECT_EQ(decode(bpe, bpe.encode(text)), text);
}

TEST(Bpe, EncodesAsItsDefinitionReads) {
  test::Random random(12);
  for (int i = 0; i < 60; ++i) {
    const std::string learned = random_text(random, 300);
    const Bpe bpe(learn_merges(learned, 257 + random.token(150)));
    for (const std::string& text : {learned, random_text(random, 300), std::string(70, 'a')})
      ASSERT_EQ(bpe.encode(text), naive_encode(text, bpe.merges()));
  }
}

TEST(Bpe, DecodesAnyBytes) {
  test::Random random(13);
  const Bpe bpe(learn_merges(random_text(random, 2000), 700));
  EXPECT_EQ(bpe.vocab_size(), 256 + static_cast<int>(bpe.merges().size()));
  for (int i = 0; i < 500; ++i) {
    const std::string text = random_text(random, random.token(60));
    const std::vector<Token> tokens = bpe.encode(text);
    ASSERT_EQ(decode(bpe, tokens), text);
    ASSERT_LE(tokens.size(), text.size());
    const std::string bytes = random_bytes(random, random.token(300));
    ASSERT_EQ(decode(bpe, bpe.encode(bytes)), bytes);
  }
  std::string all(256, '\0');
  std::iota(all.begin(), all.end(), '\0');
  EXPECT_EQ(decode(bpe, bpe.encode(all)), all);
}

TEST(Bpe, AWordIsTheSameEachTime) {
  const Bpe bpe(learn_merges("hello hello hello", 300));
  const auto once = bpe.encode(" hello");
  EXPECT_EQ(once.size(), 1u);
  EXPECT_EQ(bpe.encode(" hello hello"), (std::vector<Token>{once[0], once[0]}));
}

TEST(Bpe, WithoutMergesATokenIsAByte) {
  const Bpe bpe;
  EXPECT_EQ(bpe.vocab_size(), 256);
  EXPECT_EQ(bpe.encode("a\xFF "), (std::vector<Token>{'a', 0xFF, ' '}));
}

TEST(Bpe, LongWordsTakeLinearTime) {
  const std::string letters(300'000, 'a');
  const Bpe bpe(learn_merges(letters, 300));
  EXPECT_EQ(bpe.merges().size(), 10u);  // up to kMaxWordBytes
  EXPECT_EQ(decode(bpe, bpe.encode(letters)), letters);
}

TEST(BpeString, ComesBack) {
  test::Random random(14);
  for (const int size : {256, 257, 700}) {
    const Bpe bpe(learn_merges(random_text(random, 1000), size));
    const Result<Bpe> again = Bpe::from_string(bpe.to_string());
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_EQ(again.value().merges(), bpe.merges());
  }
  EXPECT_EQ(Bpe(learn_merges("xyzxyz.xyz", 259)).to_string(), "120 121,256 122");
}

TEST(BpeString, RefusesWhatIsNoListOfMerges) {
  const auto message = [](const std::string& merges) {
    const Result<Bpe> bpe = Bpe::from_string(merges);
    EXPECT_FALSE(bpe.ok()) << merges;
    return bpe.ok() ? "" : bpe.error().message;
  };
  const std::string rule =
      ": a token is of two earlier ones, or one of up to 1,024 that have names; it has bytes that "
      "no "
      "other has, at most 1,024, and a number up to 65,535.";
  EXPECT_EQ(message("1 2,256 257"),
            "The tokenizer's merge \"256 257\" cannot make token 257" + rule);
  EXPECT_EQ(message("97 98,3 4,97 98"),
            "The tokenizer's merge \"97 98\" cannot make token 258" + rule);
  // "abc" as "ab" "c" and as "a" "bc".
  EXPECT_EQ(message("97 98,98 99,256 99,97 257"),
            "The tokenizer's merge \"97 257\" cannot make token 259" + rule);
  for (const char* const merges :
       {"1", "1 ", " 1", "1 2,", ",1 2", "1 2,,3 4", "1  2", "1,2", "1 2 3", "-1 2", "1 -2", "01 2",
        "1 2x", "x", "256 1", "1 256", "99999999999 1", "1 2;3 4"})
    EXPECT_NE(message(merges), "") << merges;
  // Each twice as long as the one before, 1024 bytes at last.
  std::string doubling = "97 97";
  for (int made = 256; made < 265; ++made)
    doubling += "," + std::to_string(made) + " " + std::to_string(made);
  EXPECT_TRUE(Bpe::from_string(doubling).ok());
  EXPECT_NE(message(doubling + ",265 265"), "");
}

TEST(BpeString, TheVocabularyIsBounded) {
  std::string merges;
  int n = 0;
  for (int left = 0; left < 256; ++left)
    for (int right = 0; right < 256 && n < kMaxVocabSize - kByteTokens; ++right, ++n)
      merges += (n > 0 ? "," : "") + std::to_string(left) + " " + std::to_string(right);
  const Result<Bpe> largest = Bpe::from_string(merges);
  ASSERT_TRUE(largest.ok()) << largest.error().message;
  EXPECT_EQ(largest.value().vocab_size(), kMaxVocabSize);
  EXPECT_EQ(largest.value().encode("zz"), (std::vector<Token>{256 + 'z' * 256 + 'z'}));
  EXPECT_FALSE(Bpe::from_string(merges + ",255 255").ok());
}

TEST(BpeString, AnyOtherStringIsAnswered) {
  test::Random random(15);
  const std::string good = Bpe(learn_merges(random_text(random, 500), 330)).to_string();
  int n_refused = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string merges = good;
    if (i % 2 == 0) merges.resize(random.token(merges.size()));
    for (int edits = random.token(3); edits > 0; --edits)
      if (!merges.empty()) merges[random.token(merges.size())] = "0123456789 ,-x"[random.token(14)];
    const Result<Bpe> bpe = Bpe::from_string(merges);
    n_refused += !bpe.ok();
    if (bpe.ok()) {
      EXPECT_EQ(bpe.value().to_string(), merges);
      EXPECT_EQ(decode(bpe.value(), bpe.value().encode(good)), good);
    }
  }
  EXPECT_GT(n_refused, 300);
}

TEST(WordIndex, NumbersWordsAsTheyCome) {
  WordIndex index;
  std::vector<std::string> words;
  for (int i = 0; i < 1000; ++i) words.push_back(std::to_string(i * i));
  for (int round = 0; round < 2; ++round)
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(index.number(words[i]), i);
  EXPECT_EQ(index.words().size(), 1000u);
  EXPECT_EQ(index.words()[31], "961");
}

}  // namespace
}  // namespace clearformer
