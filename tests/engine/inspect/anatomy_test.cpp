#include "inspect/anatomy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "model/activations.h"
#include "tests/engine/support/architectures.h"
#include "tests/engine/support/fast_model.h"

namespace clearformer {
namespace {

using Fate = AnatomyTensor::Fate;

TEST(Statistics, AreThoseOfTheNumbers) {
  const std::vector<double> numbers = {-2, 0, 0, 1, 4, -4, 1};
  const Statistics s = statistics_of(numbers);
  EXPECT_DOUBLE_EQ(s.mean, 0);
  EXPECT_DOUBLE_EQ(s.deviation, std::sqrt(38.0 / 7));
  EXPECT_EQ(s.largest, 4);
  EXPECT_DOUBLE_EQ(s.zeros, 2.0 / 7);
  ASSERT_EQ(s.histogram.size(), 24u);
  // Bins of a third, the first from -4 on; the last holds the largest.
  EXPECT_FLOAT_EQ(s.histogram[0], 1.0f / 7);
  EXPECT_FLOAT_EQ(s.histogram[6], 1.0f / 7);
  EXPECT_FLOAT_EQ(s.histogram[12], 2.0f / 7);
  EXPECT_FLOAT_EQ(s.histogram[15], 2.0f / 7);
  EXPECT_FLOAT_EQ(s.histogram[23], 1.0f / 7);
}

TEST(Statistics, OfNothingButZeros) {
  const Statistics s = statistics_of(std::vector<double>(5));
  EXPECT_EQ(s.zeros, 1);
  EXPECT_EQ(s.largest, 0);
  EXPECT_FLOAT_EQ(s.histogram[0], 1);
}

// Every kept activation of the engine is told as kept, but for the norms' statistics' own sake and
// what is no tensor of the reference.
TEST(Anatomy, SaysWhatTheEngineKeeps) {
  for (Recipe recipe : test::architectures()) {
    recipe.dropout = recipe.bias ? 0.1 : 0;
    SCOPED_TRACE(recipe_to_json(recipe));
    const test::FastModel model(recipe.model_config(7), 1, 4, 3);
    const auto tensors =
        dissect(ExactPass(model.config, model.weights, model.tokens, model.targets));
    std::map<std::string, std::int64_t> kept;
    for (const Buffer& buffer : activation_list(model.config, {1, 4, 1}))
      if (buffer.lifetime == Lifetime::pass) kept[buffer.why] += buffer.bytes;
    std::map<std::string, std::int64_t> told;
    std::set<std::string> names;
    for (const AnatomyTensor& tensor : tensors) {
      names.insert(tensor.name);
      std::int64_t size = 1;
      for (const std::int64_t extent : tensor.shape) size *= extent;
      if (tensor.fate == Fate::kept) told[tensor.why] += 4 * size;
      EXPECT_FALSE(tensor.why.empty());
      double share = 0;
      for (const float bin : tensor.value.histogram) share += bin;
      EXPECT_NEAR(share, 1, static_cast<double>(size) * test::kFloatUnit) << tensor.name;
    }
    EXPECT_EQ(names.size(), tensors.size());
    // Neither is a tensor of a model: how a softmax is made again, and angles of positions.
    std::erase_if(kept, [](const auto& entry) {
      return entry.first.starts_with("to make the attention weights") ||
             entry.first.starts_with("cosines");
    });
    // Kept in scratch, which costs nothing.
    std::erase_if(told, [](const auto& entry) { return entry.first.starts_with("in scratch"); });
    EXPECT_EQ(told, kept);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Anatomy, NumbersAreTheReferences) {
  const ModelConfig config{2, 2, 12, 5, 7, true};
  const test::FastModel model(config, 1, 5, 3);
  const auto tensors = dissect(ExactPass(config, model.weights, model.tokens, model.targets));
  const auto find = [&](std::string_view name) {
    return *std::find_if(tensors.begin(), tensors.end(),
                         [&](const AnatomyTensor& t) { return t.name == name; });
  };
  // A softmax row of T positions comes to one: the mean over T x T is 1 / T; half of it but the
  // diagonal is the future.
  const AnatomyTensor att = find("h.1.attn.att");
  EXPECT_DOUBLE_EQ(att.value.mean, 1.0 / 5);
  EXPECT_DOUBLE_EQ(att.value.zeros, 10.0 / 25);
  EXPECT_EQ(att.fate, Fate::made_again);
  EXPECT_EQ(att.shape, (std::vector<std::int64_t>{1, 2, 5, 5}));
  // A gradient of logits sums to zero, softmax less one of the target.
  EXPECT_NEAR(find("logits").gradient.mean, 0, 1e-17);
  EXPECT_TRUE(find("losses").gradient.histogram.empty());
  EXPECT_EQ(find("h.0.residual_out").fate, Fate::kept);
  EXPECT_EQ(find("h.0.attn.c_proj").fate, Fate::dropped);
}

}  // namespace
}  // namespace clearformer
