#include "train/batcher.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "tests/engine/support/chi_square.h"

namespace clearformer {
namespace {

struct Batch {
  std::vector<Token> inputs, targets;

  Batch(std::int64_t n_text, const Rng& rng, std::int64_t B, std::int64_t T)
      : inputs(B * T), targets(B * T) {
    std::vector<Token> text(n_text);  // token i is i, so that a batch says where it is from
    std::iota(text.begin(), text.end(), 0);
    draw_batch(inputs.data(), targets.data(), text, rng, B, T);
  }
  bool operator==(const Batch&) const = default;
};

TEST(Batcher, PassagesAndWhatFollows) {
  const std::int64_t B = 9, T = 5, n = 23;
  const Batch batch(n, Rng(1, Stream::kBatch), B, T);
  for (std::int64_t b = 0; b < B; ++b) {
    const Token first = batch.inputs[b * T];
    EXPECT_GE(first, 0);
    EXPECT_LE(first + T, n - 1);  // the last target is in the text
    for (std::int64_t t = 0; t < T; ++t) {
      EXPECT_EQ(batch.inputs[b * T + t], first + t);
      EXPECT_EQ(batch.targets[b * T + t], first + t + 1);
    }
  }
}

TEST(Batcher, EveryPassageIsEquallyLikely) {
  const std::int64_t B = 20000, T = 3, n = 14;
  const Batch batch(n, Rng(2, Stream::kBatch), B, T);
  std::vector<std::int64_t> counts(n - T);
  for (std::int64_t b = 0; b < B; ++b) ++counts.at(batch.inputs[b * T]);
  test::expect_frequencies(counts, std::vector<double>(n - T, 1.0 / static_cast<double>(n - T)));
}

TEST(Batcher, TheStreamDecides) {
  const auto drawn = [](std::uint32_t step, std::uint32_t micro) {
    return Batch(1000, Rng(3, Stream::kBatch, step, micro), 4, 6);
  };
  EXPECT_EQ(drawn(1, 0), drawn(1, 0));
  EXPECT_NE(drawn(1, 0), drawn(2, 0));
  EXPECT_NE(drawn(1, 0), drawn(1, 1));
}

TEST(Batcher, TheShortestTextHasOnePassage) {
  const Batch batch(4, Rng(4, Stream::kBatch), 2, 3);
  EXPECT_EQ(batch.inputs, (std::vector<Token>{0, 1, 2, 0, 1, 2}));
  EXPECT_EQ(batch.targets, (std::vector<Token>{1, 2, 3, 1, 2, 3}));
}

}  // namespace
}  // namespace clearformer
