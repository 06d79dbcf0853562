#include "ops/dropout.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ops/grain.h"
#include "tests/engine/support/engine_check.h"

namespace clearformer {
namespace {

using test::nans;
using test::Tensors;

constexpr std::int64_t kSize = 2 * kElementsPerTask + 259;  // several tasks, an odd end

std::vector<float> mask(const Dropout& dropout, std::uint64_t first, std::int64_t size) {
  std::vector<float> ones(size, 1.0f);
  apply_dropout(ones.data(), dropout, first, size);
  return ones;
}

TEST(Dropout, DropsOrScales) {
  for (const float p : {0.1f, 0.3f, 0.5f, 0.9f}) {
    const auto scales = mask(test::test_dropout(p), 0, kSize);
    std::int64_t dropped = 0;
    for (const float scale : scales) {
      ASSERT_TRUE(scale == 0 || scale == 1.0f / (1.0f - p)) << scale;
      dropped += scale == 0;
    }
    // A count of Bernoulli trials: five standard deviations.
    const double n = kSize, deviation = std::sqrt(n * p * (1 - p));
    EXPECT_NEAR(static_cast<double>(dropped), n * p, 5 * deviation) << p;
  }
}

// An activation's number alone decides: from any first number, in any pieces.
TEST(Dropout, MaskIsAFunctionOfTheIndex) {
  const Dropout dropout = test::test_dropout(0.4f);
  const auto whole = mask(dropout, 0, 300);
  for (std::int64_t first = 0; first < 20; ++first)
    for (const std::int64_t size : {0, 1, 2, 3, 4, 5, 7, 100}) {
      const std::vector<float> part(whole.begin() + first, whole.begin() + first + size);
      test::expect_same_bits("part", mask(dropout, first, size), part);
    }
}

TEST(Dropout, OtherStreamsDropOthers) {
  const auto drawn = [](std::uint32_t pass, std::uint32_t site) {
    return mask({0.5f, Rng(1, Stream::kDropout, pass, site)}, 0, 64);
  };
  EXPECT_NE(drawn(0, 0), drawn(0, 1));
  EXPECT_NE(drawn(0, 0), drawn(1, 0));
  EXPECT_EQ(drawn(3, 4), drawn(3, 4));
}

// Bit for bit what the masks say; the ops are one multiplication and one sum.
TEST(Dropout, ForwardAndBackward) {
  test::Random random(1);
  const auto x = random.normals<float>(kSize), residual = random.normals<float>(kSize);
  const Dropout dropout = test::test_dropout(0.25f);
  const auto scales = mask(dropout, 0, kSize);
  std::vector<float> plain(kSize), with_residual(kSize);
  for (std::int64_t i = 0; i < kSize; ++i) {
    plain[i] = x[i] * scales[i];
    with_residual[i] = residual[i] + plain[i];
  }
  for (const int n_threads : test::thread_counts()) {
    const test::EngineContext context(n_threads, Arithmetic::strict);
    auto out = nans<float>(kSize);
    dropout_forward(context, out.data(), x.data(), nullptr, dropout, kSize);
    test::expect_same_bits("out", out, plain);
    out = nans<float>(kSize);
    dropout_forward(context, out.data(), x.data(), residual.data(), dropout, kSize);
    test::expect_same_bits("out with residual", out, with_residual);
    out = x;
    dropout_forward(context, out.data(), out.data(), residual.data(), dropout, kSize);
    test::expect_same_bits("in place of x", out, with_residual);
    out = residual;
    dropout_forward(context, out.data(), x.data(), out.data(), dropout, kSize);
    test::expect_same_bits("in place of residual", out, with_residual);

    auto dx = nans<float>(kSize);
    dropout_backward(context, dx.data(), x.data(), dropout, kSize);
    test::expect_same_bits("dx", dx, plain);
    dx = x;
    dropout_backward(context, dx.data(), dx.data(), dropout, kSize);
    test::expect_same_bits("dx in place", dx, plain);
  }
}

}  // namespace
}  // namespace clearformer
