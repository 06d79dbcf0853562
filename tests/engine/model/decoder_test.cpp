#include "model/decoder.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/engine/support/model_check.h"

namespace clearformer {
namespace {

using test::Expected;
using test::expected_logits;
using test::Reader;

const std::vector<ModelConfig>& configs() {
  static const std::vector<ModelConfig> configs = {
      {1, 1, 3, 1, 5, false, 0},
      {2, 3, 9, 7, 13, true, 0.5f},
      {1, 2, 10, 71, 17, false, 0},
      {2, 4, 24, 40, 11, false, 0, Norm::rmsnorm, Activation::swiglu, Position::rotary, 2, true,
       false}};
  return configs;
}

// Prefixes of every length: what the cache gives is what a full forward pass gives.
TEST(Decoder, LogitsAreTheFullForwards) {
  for (const ModelConfig& config : configs()) {
    for (const Arithmetic arithmetic : test::arithmetics()) {
      Reader reader(config, config.block_size, 1, arithmetic);
      for (std::int64_t n = 1; n <= config.block_size; n += n < 8 ? 1 : 9) {
        const auto text = reader.text().first(n);
        const Expected expected = expected_logits(reader.model, text);
        reader.decoder.reset();
        test::expect_agrees("logits", reader.read(text, n).data(), expected, test::kFloatUnit);
      }
    }
  }
}

// The pieces in which a text is read do not show in a single bit.
TEST(Decoder, APromptAtOnceIsTokenByToken) {
  for (const ModelConfig& config : configs()) {
    const std::int64_t n = config.block_size;
    for (const Arithmetic arithmetic : test::arithmetics()) {
      Reader reader(config, n, 1, arithmetic);
      const std::vector<float> at_once = reader.read(reader.text(), n);
      for (const std::int64_t piece : {1, 2, 5, 33}) {
        reader.decoder.reset();
        test::expect_same_bits("logits", reader.read(reader.text(), piece), at_once);
      }
    }
  }
}

// A full cache makes room by reading the later half again from position 0: the same bits as a
// decoder that never saw the rest.
TEST(Decoder, PastTheBlockItReadsTheLaterHalfAgain) {
  for (const ModelConfig& config : configs()) {
    const std::int64_t block = config.block_size, n = 4 * block + 3;
    Reader reader(config, n), fresh(config, n);
    std::vector<Token> context;
    for (std::int64_t i = 0; i < n; ++i) {
      if (static_cast<std::int64_t>(context.size()) == block)
        context.erase(context.begin(), context.end() - block / 2);
      context.push_back(reader.text()[i]);
      const std::vector<float> logits = reader.read(reader.text().subspan(i, 1), 1);
      if (block > 10 && i % 13 != 0 && context.size() > 2) continue;
      fresh.decoder.reset();
      test::expect_same_bits("logits", logits, fresh.read(context, n));
    }
    reader.decoder.reset();
    const std::vector<float> in_one_call = reader.read(reader.text(), n);
    fresh.decoder.reset();
    test::expect_same_bits("a long prompt", in_one_call, fresh.read(reader.text(), 1));
  }
}

TEST(Decoder, ResetForgetsAndThreadsDoNotMatter) {
  const ModelConfig config = configs()[1];
  Reader one(config, 7);
  const std::vector<float> first = one.read(one.text(), 7);
  one.decoder.reset();
  const std::vector<Token> other = {1, 2, 3};
  EXPECT_NE(one.read(other, 3), first);
  one.decoder.reset();
  test::expect_same_bits("again", one.read(one.text(), 7), first);
  for (const int n_threads : test::thread_counts()) {
    Reader reader(config, 7, n_threads);
    test::expect_same_bits("threads", reader.read(reader.text(), 7), first);
  }
}

}  // namespace
}  // namespace clearformer
