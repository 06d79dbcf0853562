#include "exchange/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "exchange/architecture.h"
#include "io/half.h"
#include "tests/engine/exchange/models.h"
#include "tests/engine/support/architectures.h"

namespace clearformer {
namespace {

using testing::HasSubstr;

const Layout* const kLayouts[] = {&kClearformerLayout, &kHfGpt2Layout, &kNanoGptLayout,
                                  &kGgufGpt2Layout};

std::vector<LaidOutTensor> laid_out(const Layout& layout, const PortableModel& model) {
  return lay_out(layout, model.header.config(), model.weights);
}

std::vector<NamedTensor> named(const std::vector<LaidOutTensor>& tensors) {
  std::vector<NamedTensor> views;
  for (const LaidOutTensor& tensor : tensors)
    views.push_back(make_tensor(tensor.name, tensor.shape, std::span<const float>(tensor.values)));
  return views;
}

const LaidOutTensor& find(const std::vector<LaidOutTensor>& tensors, const std::string& name) {
  const auto at = std::find_if(tensors.begin(), tensors.end(),
                               [&](const LaidOutTensor& tensor) { return tensor.name == name; });
  CHECK(at != tensors.end());
  return *at;
}

TEST(Layout, WhatWasLaidOutIsCollectedToTheBit) {
  for (const Layout* const layout : kLayouts) {
    for (const bool bias : {false, true}) {
      const PortableModel model = test::some_model(bias);
      const std::vector<LaidOutTensor> tensors = laid_out(*layout, model);
      std::vector<NamedTensor> shuffled = named(tensors);
      std::reverse(shuffled.begin(), shuffled.end());
      const auto weights = collect(*layout, model.header.config(), shuffled);
      ASSERT_TRUE(weights.ok()) << weights.error().message;
      EXPECT_EQ(weights.value(), model.weights);
    }
  }
}

// (C, 3C) of ours: queries, keys, values side by side.
TEST(Layout, WhatAnArchitectureLaidOutIsCollectedToTheBit) {
  for (const Recipe& recipe : test::architectures()) {
    const Architecture* const architecture = architecture_of(recipe);
    if (!architecture) continue;
    const PortableModel model = test::some_model(recipe);
    for (const Layout* const layout : {architecture->hf, architecture->gguf}) {
      const std::vector<LaidOutTensor> tensors = laid_out(*layout, model);
      const auto weights = collect(*layout, model.header.config(), named(tensors));
      ASSERT_TRUE(weights.ok()) << weights.error().message;
      EXPECT_EQ(weights.value(), model.weights);
    }
  }
}

TEST(Layout, LinearMatricesLieAsEachProgramHasThem) {
  const PortableModel model = test::some_model(false);
  const std::int64_t C = model.header.config().n_embd;
  const auto own = find(laid_out(kClearformerLayout, model), "h.1.attn.c_attn.weight");
  const auto conv = find(laid_out(kHfGpt2Layout, model), "transformer.h.1.attn.c_attn.weight");
  EXPECT_EQ(conv.shape, (std::vector{C, 3 * C}));
  EXPECT_EQ(conv.values, own.values);
  for (const auto& [layout, name] :
       {std::pair{&kNanoGptLayout, "transformer.h.1.attn.c_attn.weight"},
        std::pair{&kGgufGpt2Layout, "blk.1.attn_qkv.weight"}}) {
    const auto linear = find(laid_out(*layout, model), name);
    EXPECT_EQ(linear.shape, (std::vector{3 * C, C}));
    for (std::int64_t in = 0; in < C; ++in)
      for (std::int64_t out = 0; out < 3 * C; ++out)
        EXPECT_EQ(linear.values[out * C + in], own.values[in * 3 * C + out]);
  }
}

// (C, 24) of ours: 16 of queries, 4 of keys and 4 of values would be one head of keys; here two.
TEST(Layout, LlamaHasQueriesKeysValuesAndGatesApart) {
  const PortableModel model = test::some_model(test::llama_recipe());
  const std::vector<LaidOutTensor> ours = laid_out(kClearformerLayout, model);
  const std::vector<LaidOutTensor> theirs = laid_out(kHfLlamaLayout, model);
  const auto expect_columns = [&](const std::string& own, const std::string& name,
                                  std::int64_t first, std::int64_t width) {
    const auto &whole = find(ours, own), &part = find(theirs, name);
    const std::int64_t rows = whole.shape[0], cols = whole.shape[1];
    ASSERT_EQ(part.shape, (std::vector{width, rows})) << name;
    for (std::int64_t in = 0; in < rows; ++in)
      for (std::int64_t out = 0; out < width; ++out)
        ASSERT_EQ(part.values[out * rows + in], whole.values[in * cols + first + out]) << name;
  };
  expect_columns("h.1.attn.c_attn.weight", "model.layers.1.self_attn.q_proj.weight", 0, 16);
  expect_columns("h.1.attn.c_attn.weight", "model.layers.1.self_attn.k_proj.weight", 16, 8);
  expect_columns("h.1.attn.c_attn.weight", "model.layers.1.self_attn.v_proj.weight", 24, 8);
  expect_columns("h.0.mlp.c_fc.weight", "model.layers.0.mlp.gate_proj.weight", 0, 48);
  expect_columns("h.0.mlp.c_fc.weight", "model.layers.0.mlp.up_proj.weight", 48, 48);
  expect_columns("h.0.mlp.c_proj.weight", "model.layers.0.mlp.down_proj.weight", 0, 16);
  EXPECT_EQ(find(theirs, "lm_head.weight").values, find(ours, "lm_head.weight").values);
  EXPECT_EQ(find(theirs, "model.layers.0.self_attn.k_proj.bias").values,
            std::vector<float>(find(ours, "h.0.attn.c_attn.bias").values.begin() + 16,
                               find(ours, "h.0.attn.c_attn.bias").values.begin() + 24));
}

// What is turned together lies i and i + 2 apart in heads of four, for llama.cpp side by side.
TEST(Layout, LlamaCppHasThePairsOfRotaryPositionsSideBySide) {
  const PortableModel model = test::some_model(test::llama_recipe());
  for (const auto& [hf, gguf, order] :
       {std::tuple{"q_proj", "attn_q", "0213"}, std::tuple{"k_proj", "attn_k", "0213"},
        std::tuple{"v_proj", "attn_v", "0123"}}) {
    for (const std::string ending : {".weight", ".bias"}) {
      const auto theirs =
          find(laid_out(kHfLlamaLayout, model), "model.layers.1.self_attn." + (hf + ending));
      const auto rows = find(laid_out(kGgufLlamaLayout, model), "blk.1." + (gguf + ending));
      ASSERT_EQ(rows.shape, theirs.shape);
      const std::int64_t width = ending == ".bias" ? 1 : theirs.shape[1];
      for (std::int64_t row = 0; row < theirs.shape[0]; ++row) {
        const std::int64_t from = row / 4 * 4 + (order[row % 4] - '0');
        for (std::int64_t c = 0; c < width; ++c)
          ASSERT_EQ(rows.values[row * width + c], theirs.values[from * width + c]) << gguf;
      }
    }
  }
}

TEST(Layout, EmbeddingsAreNeverTurned) {
  const PortableModel model = test::some_model(true);
  const ModelConfig config = model.header.config();
  for (const Layout* const layout : kLayouts) {
    const auto first = laid_out(*layout, model).front();
    EXPECT_EQ(first.shape, (std::vector<std::int64_t>{config.vocab_size, config.n_embd}));
    EXPECT_TRUE(std::equal(first.values.begin(), first.values.end(), model.weights.begin()));
  }
}

TEST(Layout, NamesAreThoseOfLlamaCpp) {
  std::vector<std::string> names;
  for (const LaidOutTensor& tensor : laid_out(kGgufGpt2Layout, test::some_model(false)))
    names.push_back(tensor.name);
  names.resize(14);
  EXPECT_EQ(names, (std::vector<std::string>{
                       "token_embd.weight", "position_embd.weight", "blk.0.attn_norm.weight",
                       "blk.0.attn_norm.bias", "blk.0.attn_qkv.weight", "blk.0.attn_qkv.bias",
                       "blk.0.attn_output.weight", "blk.0.attn_output.bias",
                       "blk.0.ffn_norm.weight", "blk.0.ffn_norm.bias", "blk.0.ffn_up.weight",
                       "blk.0.ffn_up.bias", "blk.0.ffn_down.weight", "blk.0.ffn_down.bias"}));
}

TEST(Layout, WhereEveryModelHasBiasesOneWithoutHasZeros) {
  const PortableModel model = test::some_model(false);
  for (const Layout* const layout : {&kHfGpt2Layout, &kGgufGpt2Layout}) {
    int biases = 0;
    for (const LaidOutTensor& tensor : laid_out(*layout, model)) {
      if (!tensor.name.ends_with(".bias")) continue;
      ++biases;
      EXPECT_EQ(std::count(tensor.values.begin(), tensor.values.end(), 0.0f),
                static_cast<std::ptrdiff_t>(tensor.values.size()));
    }
    EXPECT_EQ(biases, 2 * 6 + 1);
  }
  for (const LaidOutTensor& tensor : laid_out(kNanoGptLayout, model))
    EXPECT_FALSE(tensor.name.ends_with(".bias"));
}

// Files as other programs write them.
class ForeignTensors : public testing::Test {
 protected:
  const PortableModel model_ = test::some_model(true);
  std::vector<LaidOutTensor> tensors_ = laid_out(kHfGpt2Layout, model_);
  std::vector<NamedTensor> views_ = named(tensors_);

  NamedTensor& view(const std::string& name) {
    const auto at = std::find_if(views_.begin(), views_.end(),
                                 [&](const NamedTensor& tensor) { return tensor.name == name; });
    CHECK(at != views_.end());
    return *at;
  }
  Result<std::vector<float>> collected() const {
    return collect(kHfGpt2Layout, model_.header.config(), views_);
  }
  std::string error() const {
    const auto weights = collected();
    if (weights.ok()) return "";
    EXPECT_EQ(weights.error().code, "file");
    return weights.error().message;
  }
};

TEST_F(ForeignTensors, PrefixMasksAndATiedHeadMayBeThereOrNot) {
  for (NamedTensor& tensor : views_) tensor.name.erase(0, std::strlen("transformer."));
  EXPECT_EQ(error(), "");
  for (NamedTensor& tensor : views_) tensor.name = "_orig_mod.transformer." + tensor.name;
  EXPECT_EQ(error(), "");
  views_.push_back(views_.front());
  views_.back().name = "lm_head.weight";
  const std::vector<float> mask(4, 1);
  views_.push_back(make_tensor("transformer.h.0.attn.bias", {1, 1, 2, 2}, std::span(mask)));
  views_.push_back(make_tensor("h.1.attn.masked_bias", {4}, std::span(mask)));
  views_.push_back(make_tensor("h.1.attn.rotary_emb.inv_freq", {4}, std::span(mask)));
  const auto weights = collected();
  ASSERT_TRUE(weights.ok()) << weights.error().message;
  EXPECT_EQ(weights.value(), model_.weights);
}

TEST_F(ForeignTensors, SixteenBitsAreWidened) {
  const std::vector<float>& exact = tensors_[3].values;  // a vector: small multiples of 1/1024
  std::vector<std::uint16_t> halves, brains;
  for (const float value : exact) {
    halves.push_back(half_from_float(value));
    brains.push_back(static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16));
  }
  for (const auto& [dtype, bits] :
       {std::pair{DType::f16, &halves}, std::pair{DType::bf16, &brains}}) {
    views_[3].dtype = dtype;
    views_[3].bytes = {reinterpret_cast<const std::uint8_t*>(bits->data()), 2 * bits->size()};
    const auto weights = collected();
    ASSERT_TRUE(weights.ok()) << weights.error().message;
    const std::size_t at =
        tensors_[0].values.size() + tensors_[1].values.size() + tensors_[2].values.size();
    for (std::size_t i = 0; i < bits->size(); ++i) {
      const float wide =
          dtype == DType::f16 ? float_from_half((*bits)[i]) : float_from_bfloat16((*bits)[i]);
      EXPECT_EQ(weights.value()[at + i], wide);
    }
  }
}

TEST_F(ForeignTensors, WhatDoesNotFitIsNamed) {
  const std::vector<NamedTensor> whole = views_;
  views_.erase(views_.begin() + 4);
  EXPECT_EQ(error(),
            "The file has no tensor \"transformer.h.0.attn.c_attn.weight\"; one is needed that is "
            "F32 [15, 45], or F16 or BF16.");
  views_ = whole;
  view("transformer.ln_f.weight").name = "transformer.ln_g.weight";
  EXPECT_THAT(error(), HasSubstr("no tensor \"transformer.ln_f.weight\""));
  views_ = whole;
  views_.push_back(views_.back());
  views_.back().name = "transformer.extra";
  EXPECT_EQ(error(),
            "The file has a tensor \"transformer.extra\", which a model of these sizes does not "
            "have.");
  views_.back().name = "wte.weight";
  EXPECT_EQ(error(), "The file has the tensor \"wte.weight\" twice.");
  views_ = whole;
  std::swap(view("transformer.h.0.mlp.c_fc.weight").shape[0],
            view("transformer.h.0.mlp.c_fc.weight").shape[1]);
  EXPECT_EQ(error(),
            "The tensor \"transformer.h.0.mlp.c_fc.weight\" is F32 [60, 15]; it must be F32 [15, "
            "60], or F16 or BF16.");
  views_ = whole;
  view("transformer.ln_f.bias").dtype = DType::i32;
  EXPECT_THAT(error(), HasSubstr("\"transformer.ln_f.bias\" is I32 [15]; it must be F32 [15]"));
}

TEST_F(ForeignTensors, ValuesThatCannotBeAreRefused) {
  tensors_[5].values[1] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(error(),
            "The tensor \"transformer.h.0.attn.c_attn.bias\" has a value that is not finite.");
}

TEST_F(ForeignTensors, AHeadOfItsOwnIsRefused) {
  LaidOutTensor head = tensors_.front();
  head.values[7] += 1;
  views_.push_back(make_tensor("lm_head.weight", head.shape, std::span<const float>(head.values)));
  EXPECT_THAT(error(), HasSubstr("\"lm_head.weight\" differs from \"transformer.wte.weight\""));
}

TEST_F(ForeignTensors, BiasesThatAModelIsSaidNotToHaveMustBeZero) {
  ModelConfig config = model_.header.config();
  config.bias = false;
  const auto weights = collect(kHfGpt2Layout, config, views_);
  ASSERT_FALSE(weights.ok());
  EXPECT_THAT(weights.error().message, HasSubstr("\"transformer.h.0.ln_1.bias\" is not zero"));
}

}  // namespace
}  // namespace clearformer
