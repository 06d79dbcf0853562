// Every architecture: the whole model and the decoder against the reference.
#include "tests/engine/support/architectures.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/engine/support/model_check.h"

namespace clearformer {
namespace {

constexpr int kVocab = 7;

TEST(Architectures, AreAllCombinations) {
  const std::vector<Recipe> all = test::all_architectures();
  std::set<std::string> distinct;
  for (const Recipe& recipe : all) {
    EXPECT_TRUE(validate_recipe(recipe).ok());
    distinct.insert(recipe_to_json(recipe));
  }
  EXPECT_EQ(distinct.size(), all.size());
  // bias, norm, activation, position, n_kv_head, qk_norm, tied_head.
  EXPECT_EQ(all.size(), 2u * 2 * 3 * 3 * 2 * 2 * 2);
}

TEST(Architectures, LossAndGradientsAgree) {
  for (const Recipe& recipe : test::architectures()) {
    for (const float dropout : {0.0f, 0.3f}) {
      SCOPED_TRACE(recipe_to_json(recipe));
      ModelConfig config = recipe.model_config(kVocab);
      config.dropout = dropout;
      test::expect_transformer_agrees(config, 2, 3, {true, 21, 4});
      if (testing::Test::HasFailure()) return;
    }
  }
}

// With all of its context in the cache, and with the later half read again.
TEST(Architectures, TheDecodersLogitsAreTheFullForwards) {
  for (const Recipe& recipe : test::architectures()) {
    SCOPED_TRACE(recipe_to_json(recipe));
    const ModelConfig config = recipe.model_config(kVocab);
    const std::int64_t block = config.block_size;
    for (const Arithmetic arithmetic : test::arithmetics()) {
      test::Reader reader(config, block + 1, 1, arithmetic);
      const auto text = reader.text();
      const std::vector<float> logits = reader.read(text.first(block), 2);
      test::expect_agrees("logits", logits.data(),
                          test::expected_logits(reader.model, text.first(block)), test::kFloatUnit);
      reader.decoder.reset();
      test::expect_same_bits("at once", reader.read(text.first(block), block), logits);
      const std::vector<float> past = reader.read(text.subspan(block), 1);
      test::expect_agrees("past the block", past.data(),
                          test::expected_logits(reader.model, text.last(block / 2 + 1)),
                          test::kFloatUnit);
    }
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace clearformer
