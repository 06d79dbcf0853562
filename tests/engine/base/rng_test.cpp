#include "base/rng.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

#include "tests/engine/support/chi_square.h"

namespace clearformer {
namespace {

// Random123's known answers (its kat_vectors, philox4x32 with 10 rounds).
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}),
            (PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(philox4x32({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
            (PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Rng, WordsAreThoseOfTheBlocks) {
  const Rng rng(3, Stream::kTest, 1, 2);
  for (std::uint32_t i = 0; i < 40; ++i) EXPECT_EQ(rng.word(i), rng.block(i / 4)[i % 4]) << i;
}

// Every part of a stream's address decides the draws: the high half of the seed too.
TEST(Rng, StreamsDiffer) {
  std::set<PhiloxBlock> blocks;
  std::size_t streams = 0;
  const auto add = [&](const Rng& rng) {
    ++streams;
    blocks.insert(rng.block(0));
    EXPECT_EQ(blocks.size(), streams);
  };
  for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 32})
    for (const Stream stream : {Stream::kInit, Stream::kBatch, Stream::kEvaluate, Stream::kDropout,
                                Stream::kSample, Stream::kTest, Stream::kAdapter})
      for (std::uint32_t a = 0; a < 3; ++a)
        for (std::uint32_t b = 0; b < 3; ++b) add(Rng(seed, stream, a, b));
  // The same address, the same draws.
  EXPECT_EQ(Rng(5, Stream::kInit, 6, 7).block(8), Rng(5, Stream::kInit, 6, 7).block(8));
}

TEST(Rng, UniformIsTheTop24BitsOfItsWord) {
  const Rng rng(11, Stream::kTest);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const float u = rng.uniform(i);
    EXPECT_GE(u, 0.0f);
    EXPECT_LT(u, 1.0f);
    EXPECT_EQ(static_cast<double>(u) * 0x1p24, rng.word(i) >> 8) << i;
  }
}

// floor(bound * x / 2^64) for the 64 bits x, in exact arithmetic.
TEST(Rng, BelowIsTheHighHalfOfTheProduct) {
  const Rng rng(12, Stream::kTest);
  for (const std::uint64_t bound : {1ull, 2ull, 3ull, 1000003ull, 0xffffffffull}) {
    for (std::uint64_t i = 0; i < 200; ++i) {
      __extension__ using Wide = unsigned __int128;
      const std::uint64_t x = std::uint64_t{rng.word(2 * i)} << 32 | rng.word(2 * i + 1);
      const auto expected = static_cast<std::uint64_t>(static_cast<Wide>(x) * bound >> 64);
      const std::uint64_t drawn = rng.below(i, bound);
      ASSERT_EQ(drawn, expected) << bound << " at " << i;
      ASSERT_LT(drawn, bound);
    }
  }
}

TEST(Rng, BelowIsUniform) {
  const Rng rng(13, Stream::kTest);
  constexpr int kBound = 37, kDraws = 40000;
  std::vector<std::int64_t> counts(kBound);
  for (int i = 0; i < kDraws; ++i) ++counts[rng.below(i, kBound)];
  test::expect_frequencies(counts, std::vector<double>(kBound, 1.0 / kBound));
}

// The first four moments of a standard normal are 0, 1, 0, 3; a mean of n powers x^k has the
// variance (E x^2k - (E x^k)^2) / n. Five standard deviations are exceeded once in 1.7 million.
TEST(Rng, NormalHasNormalMoments) {
  const Rng rng(14, Stream::kTest);
  constexpr int kDraws = 100000;
  const double expected[] = {0, 1, 0, 3}, variance[] = {1, 2, 15, 96};
  double sums[4] = {}, pairs = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = rng.normal(i);
    ASSERT_TRUE(std::isfinite(x));
    double power = 1;
    for (double& sum : sums) sum += power *= x;
    // The cosine and the sine of one pair are independent.
    if (i % 2 == 1) pairs += x * rng.normal(i - 1);
  }
  for (int k = 0; k < 4; ++k)
    EXPECT_NEAR(sums[k] / kDraws, expected[k], 5 * std::sqrt(variance[k] / kDraws)) << k + 1;
  EXPECT_NEAR(pairs / (kDraws / 2), 0, 5 * std::sqrt(1.0 / (kDraws / 2)));
}

// Against quantiles of the normal distribution: sixteen equally likely bins.
TEST(Rng, NormalHasNormalQuantiles) {
  const Rng rng(15, Stream::kTest);
  constexpr int kBins = 16, kDraws = 50000;
  std::vector<std::int64_t> counts(kBins);
  for (int i = 0; i < kDraws; ++i) {
    const double below = 0.5 * std::erfc(-static_cast<double>(rng.normal(i)) / std::sqrt(2.0));
    ++counts[std::min(kBins - 1, static_cast<int>(below * kBins))];
  }
  test::expect_frequencies(counts, std::vector<double>(kBins, 1.0 / kBins));
}

}  // namespace
}  // namespace clearformer
