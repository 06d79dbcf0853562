#include "train/compact_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "io/checkpoint.h"
#include "tests/engine/support/allocations.h"
#include "tests/engine/support/runs.h"

namespace clearformer {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr int kVocab = 22;  // characters of the training text

std::unique_ptr<Trainer> trained(std::int64_t steps = 12) {
  Recipe recipe = test::small_recipe();
  recipe.steps = static_cast<int>(steps);
  auto trainer = test::start(recipe, test::training_text(60));
  test::train_until(*trainer, steps);
  return trainer;
}

Bytes packed(const Trainer& run) {
  Result<Bytes> bytes = pack_compact_model(run);
  if (!bytes.ok()) ADD_FAILURE() << bytes.error().message;
  return bytes.ok() ? std::move(bytes.value()) : Bytes{};
}

std::unique_ptr<CompactModel> opened(const Bytes& bytes, int n_threads = 1) {
  auto made = CompactModel::load(bytes, test::pool_of(n_threads));
  if (!made.ok()) ADD_FAILURE() << made.error().message;
  return made.ok() ? std::move(made.value()) : nullptr;
}

std::string error_of(const Bytes& bytes) {
  const auto made = CompactModel::load(bytes, test::pool_of(1));
  if (made.ok()) return "";
  EXPECT_EQ(made.error().code, "file");
  return made.error().message;
}

std::string write(Generator& generator, const SampleOptions& options, int tokens = 60) {
  EXPECT_TRUE(generator.begin("the", options).ok());
  std::string text;
  for (int i = 0; i < tokens; ++i) text += generator.next().text;
  return text + generator.finish();
}

// The packed model with something of it changed, and a checksum that fits again.
template <class Change>
Bytes changed(const Bytes& bytes, Change&& change) {
  Result<Checkpoint> file = parse_checkpoint(bytes);
  EXPECT_TRUE(file.ok());
  change(file.value());
  return serialize_checkpoint(file.value());
}

TEST(CompactModel, MatricesAreRoundedByHalfAScaleAndVectorsNotAtAll) {
  const auto run = trained();
  const auto model = opened(packed(*run));
  ASSERT_EQ(model->weights().size(), run->parameters().size());
  std::size_t at = 0;
  for (const ParameterInfo& info : parameter_list(run->config())) {
    SCOPED_TRACE(info.name);
    for (std::int64_t r = 0; r < info.rows; ++r, at += info.cols) {
      const auto before = run->parameters().subspan(at, info.cols);
      const auto after = model->weights().subspan(at, info.cols);
      float largest = 0;
      for (const float w : before) largest = std::max(largest, std::abs(w));
      // io/quantize_test.cpp derives the bound.
      const double bound =
          info.is_vector() ? 0 : double(largest) / 127 * (1 + 0x1p-24) * (0.5 + 382 * 0x1p-24);
      for (std::int64_t c = 0; c < info.cols; ++c)
        ASSERT_LE(std::abs(double(after[c]) - before[c]), bound) << r << ", " << c;
    }
  }
  EXPECT_EQ(at, run->parameters().size());
}

TEST(CompactModel, TakesLittleMoreThanAByteAWeight) {
  Recipe recipe;
  recipe.n_layer = 2;
  recipe.n_embd = 48;
  recipe.block_size = 32;
  const auto run = test::start(recipe, test::training_text(60));
  const auto weights = static_cast<double>(run->parameters().size());
  EXPECT_LT(packed(*run).size(), 1.2 * weights);
}

// What the run's model is sure of, the rounded one is sure of too.
TEST(CompactModel, WritesGreedilyWhatTheRunWrites) {
  const auto run = trained(400);
  const std::string wanted = write(run->generator(), {.temperature = 0});
  const auto model = opened(packed(*run));
  EXPECT_EQ(write(model->generator(), {.temperature = 0}), wanted);
  EXPECT_NE(wanted.find("likes Zoë."), std::string::npos) << wanted;
}

TEST(CompactModel, WritesTheSameOnAnyNumberOfThreads) {
  const Bytes bytes = packed(*trained());
  const SampleOptions options{.temperature = 0.9, .seed = 7};
  const std::string wanted = write(opened(bytes)->generator(), options);
  for (const int n_threads : test::thread_counts())
    EXPECT_EQ(write(opened(bytes, n_threads)->generator(), options), wanted);
}

TEST(CompactModel, KnowsWhereItComesFrom) {
  const auto run = trained();
  const auto model = opened(packed(*run));
  EXPECT_EQ(recipe_to_json(model->recipe()), recipe_to_json(run->recipe()));
  EXPECT_EQ(model->step(), 12);
  EXPECT_EQ(model->tokenizer().to_json(), run->tokenizer().to_json());
}

TEST(CompactModel, TakesItsPairsOfBytesAlong) {
  Recipe recipe = test::small_recipe();
  recipe.tokenizer = "bpe:270";
  const auto run = test::start(recipe, test::training_text(60));
  const auto model = opened(packed(*run));
  EXPECT_EQ(model->tokenizer().to_json(), run->tokenizer().to_json());
  EXPECT_EQ(model->tokenizer().vocab_size(), 270);
}

TEST(CompactModel, OneTooLargeToTravelIsRefused) {
  Recipe recipe;
  recipe.n_layer = 6;
  recipe.n_embd = 256;
  recipe.batch_size = 1;
  const auto run = test::start(recipe, test::training_text(60));
  const Result<Bytes> bytes = pack_compact_model(*run);
  ASSERT_FALSE(bytes.ok());
  EXPECT_EQ(bytes.error().message.substr(0, 19), "This model takes 4,");
}

TEST(CompactModel, BytesThatAreNoModelAreRefused) {
  const Bytes good = packed(*trained());
  EXPECT_NE(error_of({}), "");
  for (std::size_t length = 0; length < good.size(); length += 97)
    EXPECT_NE(error_of({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length)}), "");
  for (std::size_t at = 0; at < good.size(); at += 31) {
    Bytes bad = good;
    bad[at] ^= 1;
    EXPECT_NE(error_of(bad), "") << at;
  }
  EXPECT_NE(error_of(Bytes(kMaxCompactBytes + 1)), "");
}

TEST(CompactModel, ARunsFileIsNamedForWhatItIs) {
  EXPECT_EQ(
      error_of(trained()->save()),
      "The checkpoint's tensor \"wte.weight\" is F32 [22, 15]; its recipe needs I8 [22, 15].");
}

TEST(CompactModel, ARecipeWithoutTheWeightsForItTakesNoMemory) {
  const Bytes good = packed(*trained());
  const auto with_recipe = [&](const char* json) {
    return changed(good, [&](Checkpoint& file) { file.recipe_json = json; });
  };
  const Bytes huge =
      with_recipe(R"({"n_layer":48,"n_head":64,"n_embd":4096,"block_size":4096,"steps":12})");
  const Bytes wide = with_recipe(R"({"n_layer":2,"n_head":4,"n_embd":256,"steps":12})");
  const std::int64_t before = test::live_bytes();
  EXPECT_EQ(error_of(huge).substr(0, 17), "This model takes ");
  EXPECT_NE(error_of(wide).find("its recipe needs"), std::string::npos);
  EXPECT_EQ(test::live_bytes(), before);
  EXPECT_NE(error_of(with_recipe(R"({"n_layer":0})")), "");
  EXPECT_NE(error_of(with_recipe("<script>")), "");
}

TEST(CompactModel, WeightsThatAreNoNumbersAreRefused) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    std::vector<float> scales(kVocab, bad);
    const Bytes bytes = changed(packed(*trained()), [&](Checkpoint& file) {
      for (NamedTensor& tensor : file.tensors)
        if (tensor.name == "wte.weight.scale")
          tensor = make_tensor(tensor.name, {kVocab}, std::span<const float>(scales));
    });
    EXPECT_EQ(error_of(bytes), "A weight of this model is no finite number. Use another copy.");
  }
}

// Weights so large that the logits are no numbers: every token is still one of the vocabulary.
TEST(CompactModel, HugeWeightsDoNoHarm) {
  std::vector<float> scales(kVocab, 1e36f);
  const Bytes bytes = changed(packed(*trained()), [&](Checkpoint& file) {
    for (NamedTensor& tensor : file.tensors)
      if (tensor.name == "wte.weight.scale")
        tensor = make_tensor(tensor.name, {kVocab}, std::span<const float>(scales));
  });
  const auto model = opened(bytes);
  for (const SampleOptions& options :
       {SampleOptions{.temperature = 0}, SampleOptions{.temperature = 1, .top_k = 3},
        SampleOptions{.temperature = 1, .top_p = 0.5}}) {
    ASSERT_TRUE(model->generator().begin("the", options).ok());
    for (int i = 0; i < 30; ++i) {
      const Token id = model->generator().next().id;
      ASSERT_GE(id, 0);
      ASSERT_LT(id, kVocab);
    }
  }
}

}  // namespace
}  // namespace clearformer
