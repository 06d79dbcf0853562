#include "model/dropout_sites.h"

#include <gtest/gtest.h>

#include <set>

namespace clearformer {
namespace {

// Each place of each layer, pass and seed draws its own masks.
TEST(DropoutSites, HaveStreamsOfTheirOwn) {
  const ModelConfig config{.n_layer = 5, .dropout = 0.25f};
  std::set<PhiloxBlock> blocks;
  std::size_t streams = 0;
  const auto add = [&](const Dropout& dropout) {
    EXPECT_EQ(dropout.p, 0.25f);
    blocks.insert(dropout.rng.block(0));
    EXPECT_EQ(blocks.size(), ++streams);
  };
  for (const std::uint64_t seed : {1, 2}) {
    for (std::uint32_t pass = 0; pass < 3; ++pass) {
      const DropoutKey key{true, seed, pass};
      add(embedding_dropout(config, key));
      for (int layer = 0; layer < config.n_layer; ++layer)
        for (std::uint32_t site = 0; site < static_cast<std::uint32_t>(DropoutSite::count); ++site)
          add(block_dropout(config, key, layer, static_cast<DropoutSite>(site)));
    }
  }
}

TEST(DropoutSites, EvaluationDropsNothing) {
  const ModelConfig config{.dropout = 0.25f};
  EXPECT_FALSE(embedding_dropout(config, {}).active());
  EXPECT_FALSE(block_dropout(config, {}, 0, DropoutSite::attention).active());
  EXPECT_FALSE(embedding_dropout({.dropout = 0}, {true, 1, 2}).active());
}

}  // namespace
}  // namespace clearformer
