#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exchange/export_model.h"
#include "exchange/import_model.h"
#include "exchange/state_dict.h"
#include "tests/engine/exchange/models.h"

namespace clearformer {
namespace {

using testing::HasSubstr;

using test::Bytes;
using test::folder_of;
using test::imported;
using test::model_of;
using test::text_of;

// A trained run's file, of all that a recipe can be set to.
Bytes trained_run(bool bias, const char* tokenizer, std::int64_t until = 6) {
  Recipe recipe = test::small_recipe();
  recipe.bias = bias;
  recipe.tokenizer = tokenizer;
  const auto run = test::start(recipe, test::training_text(60));
  test::train_until(*run, until);
  return run->save();
}

class RoundTrip : public testing::TestWithParam<std::tuple<bool, const char*>> {
 protected:
  const PortableModel model_ =
      model_of(trained_run(std::get<0>(GetParam()), std::get<1>(GetParam())));

  // What comes back is a run's file of its own: export that.
  static PortableModel kept(const PortableModel& model) {
    return model_of(write_portable_model(model));
  }
};

TEST_P(RoundTrip, OfAHuggingFaceFolderIsToTheByte) {
  const std::vector<NamedFile> out = to_hugging_face(model_);
  const std::vector<NamedFile> again = to_hugging_face(kept(imported(folder_of(out))));
  ASSERT_EQ(out.size(), 6u);
  for (std::size_t i = 0; i < out.size(); ++i) {
    EXPECT_EQ(out[i].name, again[i].name);
    // The card tells of the training, which the model no longer has.
    EXPECT_EQ(out[i].bytes == again[i].bytes, out[i].name != "README.md") << out[i].name;
  }
}

TEST_P(RoundTrip, OfNanoGptsTensorsIsToTheByte) {
  const Bytes out = to_nanogpt(model_);
  EXPECT_EQ(to_nanogpt(kept(imported({.tensors = {out}}))), out);
}

TEST_P(RoundTrip, OfAModelAloneIsToTheByte) {
  const Bytes out = write_portable_model(model_);
  EXPECT_EQ(write_portable_model(imported({.tensors = {out}})), out);
}

TEST_P(RoundTrip, KeepsWeightsRecipeAndTokenizer) {
  const std::vector<NamedFile> files = to_hugging_face(model_);
  const Bytes nanogpt = to_nanogpt(model_), own = write_portable_model(model_);
  for (const PortableModel& back : {imported(folder_of(files)), imported({.tensors = {nanogpt}}),
                                    imported({.tensors = {own}})}) {
    EXPECT_EQ(back.weights, model_.weights);
    EXPECT_EQ(recipe_to_json(back.header.recipe), recipe_to_json(model_.header.recipe));
    EXPECT_EQ(back.header.tokenizer.to_json(), model_.header.tokenizer.to_json());
    EXPECT_EQ(back.step, 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Models, RoundTrip,
                         testing::Combine(testing::Bool(),
                                          testing::Values("char", "byte", "bpe:280")));

TEST(ImportedModel, TrainsToTheBitsOfARunThatBeganWithItsWeights) {
  const std::string text = test::training_text(60);
  const auto straight = test::start(test::small_recipe(), text);
  const PortableModel untrained = model_of(straight->save());
  const std::vector<NamedFile> files = to_hugging_face(untrained);
  const Bytes run = write_portable_model(imported(folder_of(files)));
  test::train_until(*straight, 12);

  auto loaded = Trainer::load(run, {.pool = test::pool_of(1)}, text);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  test::train_until(*loaded.value(), 12);
  const Bytes bytes = loaded.value()->save();
  Checkpoint saved = parse_checkpoint(bytes).value();
  EXPECT_TRUE(saved.from_model);
  saved.from_model = false;  // no other difference
  EXPECT_EQ(serialize_checkpoint(saved), straight->save());
}

TEST(ImportedModel, WithoutATextWritesAndIsMeasuredButMakesNoStep) {
  const Bytes whole = trained_run(true, "char");
  const auto run = test::load(whole);
  const auto alone = test::load(write_portable_model(model_of(whole)));
  ASSERT_TRUE(run && alone);
  EXPECT_FALSE(alone->has_text());
  EXPECT_EQ(alone->steps_done(), 0);
  EXPECT_EQ(alone->fingerprint(), run->fingerprint());
  EXPECT_FALSE(alone->evaluation_due());
  const auto step = alone->step();
  ASSERT_FALSE(step.ok());
  EXPECT_EQ(step.error().code, "state");
  EXPECT_EQ(step.error().message, "This model came without a text; give it one to learn from.");
  const std::span<const Token> tokens = run->corpus().val();
  EXPECT_EQ(alone->evaluate_all(tokens), run->evaluate_all(tokens));
  EXPECT_EQ(test::load(alone->save())->fingerprint(), run->fingerprint());
}

TEST(ImportedModel, RefusesATextWithACharacterThatItDoesNotKnow) {
  const Bytes run = write_portable_model(model_of(trained_run(true, "char")));
  const auto loaded =
      Trainer::load(run, {.pool = test::pool_of(1)}, test::training_text(60) + "Quiz");
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code, "text");
  EXPECT_THAT(loaded.error().message, HasSubstr("The character \"Q\" (U+0051)"));
  EXPECT_THAT(loaded.error().message, HasSubstr("is not among the 22 characters that this model"));
}

TEST(ImportedModel, AfterAStepARunNeedsAllOfItsState) {
  Bytes whole = trained_run(false, "char");
  Result<Checkpoint> file = parse_checkpoint(whole);
  ASSERT_TRUE(file.ok());
  std::erase_if(file.value().tensors,
                [](const NamedTensor& tensor) { return tensor.name == "adam.m.wte.weight"; });
  const Bytes lacking = serialize_checkpoint(file.value());
  const auto loaded = Trainer::load(lacking, {.pool = test::pool_of(1)});
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().message, "The checkpoint has no tensor \"adam.m.wte.weight\".");
}

TEST(PortableModel, KnowsWhichTokenItsTextHasLeast) {
  const PortableModel chars = model_of(trained_run(false, "char"));
  EXPECT_EQ(chars.header.tokenizer.piece(chars.rarest).size(), 1u);
  EXPECT_NE(chars.header.tokenizer.piece(chars.rarest), "\n");
  EXPECT_EQ(model_of(trained_run(false, "byte")).rarest, 255);
  EXPECT_EQ(model_of(write_portable_model(chars)).rarest, chars.header.config().vocab_size - 1);
}

// A folder of which one thing is not as it should be.
class RefusedFolder : public testing::Test {
 protected:
  const std::vector<NamedFile> files_ = to_hugging_face(test::some_model(true));
  std::string config_{text_of(files_[1].bytes)};

  std::string error(const ForeignModel& foreign) const {
    const auto model = import_model(foreign);
    if (model.ok()) return "";
    EXPECT_EQ(model.error().code, "file");
    return model.error().message;
  }
  // Of the folder with a member of its config.json changed.
  std::string error_with(const std::string& member, const std::string& other) const {
    std::string config = config_;
    const std::size_t at = config.find(member);
    CHECK(at != std::string::npos);
    config.replace(at, member.size(), other);
    return error(
        {.tensors = {files_[0].bytes}, .config = config, .tokenizer = text_of(files_[2].bytes)});
  }
};

TEST_F(RefusedFolder, WhatOursDoesNotCompute) {
  EXPECT_EQ(error_with("\"gelu_new\"", "\"gelu_pytorch_tanh\""), "");  // another name for it
  EXPECT_EQ(error_with("\"gelu_new\"", "\"relu\""),
            "config.json has activation_function \"relu\"; only \"gelu_new\" can be imported.");
  EXPECT_EQ(error_with("\"gpt2\"", "\"llama\""), "config.json does not give num_hidden_layers.");
  EXPECT_EQ(error_with("\"gpt2\"", "\"mamba\""),
            "config.json has model_type \"mamba\"; what can be imported is gpt2, llama, qwen3, "
            "starcoder2, arcee.");
  EXPECT_THAT(error_with("0.00001", "0.000001"), HasSubstr("layer_norm_epsilon 0.000001; only"));
  EXPECT_THAT(error_with("\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false"),
              HasSubstr("no tensor \"lm_head.weight\""));
  EXPECT_EQ(error_with("\"n_inner\": 60", "\"n_inner\": null"), "");  // four times n_embd
  EXPECT_THAT(error_with("\"n_inner\": 60", "\"n_inner\": 30"),
              HasSubstr("n_inner 30; only 60, four times"));
}

TEST_F(RefusedFolder, SizesThatCannotBe) {
  EXPECT_EQ(error_with("\"n_layer\": 2", "\"n_layer\": 4000"),
            "In config.json, n_layer is 4000; it must be a whole number from 1 to 48.");
  EXPECT_THAT(error_with("\"n_head\": 3", "\"n_head\": 4"), HasSubstr("which n_head 4 does not"));
  EXPECT_EQ(error_with("\"n_embd\": 15,", ""), "config.json does not give n_embd.");
  EXPECT_EQ(error_with("\"vocab_size\": 22,", ""), "config.json does not give vocab_size.");
  EXPECT_EQ(error_with("\"vocab_size\": 22", "\"vocab_size\": 50257"),
            "The model has 50,257 tokens, its tokenizer 22; they must be as many.");
  EXPECT_THAT(error_with("\"vocab_size\": 22", "\"vocab_size\": 1e9"),
              HasSubstr("a whole number from 1 to 65,536"));
  EXPECT_THAT(error_with("\"n_positions\": 11", "\"n_positions\": 12"),
              HasSubstr("\"transformer.wpe.weight\" is F32 [11, 15]; it must be F32 [12, 15]"));
}

TEST_F(RefusedFolder, WhatIsMissing) {
  const std::string_view tokenizer = text_of(files_[2].bytes);
  EXPECT_THAT(error({.tensors = {files_[0].bytes}, .config = {}, .tokenizer = tokenizer}),
              HasSubstr("put its config.json beside it"));
  EXPECT_THAT(error({.tensors = {files_[0].bytes}, .config = config_, .tokenizer = {}}),
              HasSubstr("put its tokenizer.json beside it"));
  EXPECT_THAT(error({.tensors = {std::span<const std::uint8_t>()},
                     .config = config_,
                     .tokenizer = tokenizer}),
              HasSubstr("not a safetensors file"));
}

TEST(ForeignFiles, AModelThatIsNotOursTakesTheDefaultsForItsTraining) {
  const PortableModel model = test::some_model(true);
  // As another program saves it again: without our metadata.
  const std::vector<NamedFile> files = to_hugging_face(model);
  const auto read = read_safetensors(files[0].bytes);
  ASSERT_TRUE(read.ok());
  const Bytes plain = write_safetensors(read.value().tensors, {{"format", "pt"}});
  const PortableModel back = imported({.tensors = {plain},
                                       .config = text_of(files[1].bytes),
                                       .tokenizer = text_of(files[2].bytes)});
  Recipe expected;
  expected.n_layer = 2;
  expected.n_head = 3;
  expected.n_embd = 15;
  expected.block_size = 11;
  expected.bias = true;
  expected.dropout = 0.1;
  EXPECT_EQ(recipe_to_json(back.header.recipe), recipe_to_json(expected));
  EXPECT_EQ(back.weights, model.weights);
}

TEST(ForeignFiles, NanoGptsModelArgsSayWhetherThereAreBiases) {
  for (const bool bias : {false, true}) {
    const Bytes out = to_nanogpt(test::some_model(bias));
    const auto read = read_safetensors(out);
    ASSERT_TRUE(read.ok());
    auto metadata = read.value().metadata;
    metadata.erase(kRecipeKey);
    const Bytes plain = write_safetensors(read.value().tensors, metadata);
    EXPECT_EQ(imported({.tensors = {plain}}).header.recipe.bias, bias);
  }
}

}  // namespace
}  // namespace clearformer
