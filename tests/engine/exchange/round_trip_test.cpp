#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exchange/export_model.h"
#include "exchange/import_model.h"
#include "exchange/state_dict.h"
#include "tests/engine/exchange/models.h"
#include "tests/engine/support/architectures.h"

namespace clearformer {
namespace {

using testing::HasSubstr;

using Bytes = std::vector<std::uint8_t>;

std::string_view text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A trained run's file, of all that a recipe can be set to.
Bytes trained_run(bool bias, const char* tokenizer, std::int64_t until = 6) {
  Recipe recipe = test::small_recipe();
  recipe.bias = bias;
  recipe.tokenizer = tokenizer;
  const auto run = test::start(recipe, test::training_text(60));
  test::train_until(*run, until);
  return run->save();
}

PortableModel model_of(const Bytes& run) {
  Result<PortableModel> model = read_portable_model(run);
  if (!model.ok()) ADD_FAILURE() << model.error().message;
  CHECK(model.ok());
  return model.value();
}

PortableModel imported(const ForeignModel& foreign) {
  Result<PortableModel> model = import_model(foreign);
  if (!model.ok()) ADD_FAILURE() << model.error().message;
  CHECK(model.ok());
  return model.value();
}

ForeignModel folder_of(const std::vector<NamedFile>& files) {
  return {.tensors = {files[0].bytes},
          .config = text_of(files[1].bytes),
          .tokenizer = text_of(files[2].bytes)};
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

// Every combination of switches is some program's, or refused with what stands in the way.
TEST(Architectures, LeaveAndComeBackToTheByteOrAreRefused) {
  constexpr const char* kTokenizers[] = {"char", "byte", "bpe:264"};
  int n = 0, left = 0;
  for (Recipe recipe : test::architectures()) {
    recipe.tokenizer = kTokenizers[n++ % 3];
    const Bytes run = write_portable_model(test::some_model(recipe));
    const auto model = read_exportable_model(run, ExportFormat::hugging_face);
    EXPECT_EQ(read_exportable_model(run, ExportFormat::gguf).ok(), model.ok());
    EXPECT_EQ(read_exportable_model(run, ExportFormat::nanogpt).ok(),
              model.ok() && recipe.position == "learned" && recipe.tied_head);
    if (!model.ok()) {
      EXPECT_THAT(model.error().message, testing::StartsWith("No other program has this model's"));
      continue;
    }
    ++left;
    const std::vector<NamedFile> out = to_hugging_face(model.value());
    const PortableModel back = imported(folder_of(out));
    EXPECT_EQ(recipe_to_json(back.header.recipe), recipe_to_json(recipe));
    const std::vector<NamedFile> again = to_hugging_face(model_of(write_portable_model(back)));
    for (std::size_t i = 0; i + 1 < out.size(); ++i)  // the card is the last
      EXPECT_EQ(out[i].bytes == again[i].bytes, true) << out[i].name << recipe_to_json(recipe);
  }
  // GPT-2 4 (biases, head), Llama and StarCoder2 8 (and key heads), Qwen3 and Arcee 4 (no biases).
  EXPECT_EQ(n, 288);
  EXPECT_EQ(left, 4 + 8 + 8 + 4 + 4);
}

TEST(Architectures, WhatStandsInTheWayIsNamed) {
  const auto message = [](const Recipe& recipe) {
    const Bytes run = write_portable_model(test::some_model(recipe));
    const auto model = read_exportable_model(run, ExportFormat::gguf);
    EXPECT_FALSE(model.ok());
    return model.ok() ? "" : model.error().message;
  };
  Recipe recipe = test::llama_recipe();
  recipe.norm = "layernorm";
  EXPECT_THAT(message(recipe),
              HasSubstr("the nearest is Llama's, but its norm is layernorm, not rmsnorm. What "
                        "leaves: GPT-2 (layernorm, gelu, learned, no shared key heads), Llama ("));
  recipe = test::small_recipe();
  recipe.n_kv_head = 1;
  EXPECT_THAT(message(recipe), HasSubstr("the nearest is GPT-2's, but its n_kv_head is 1, not 3."));
}

TEST(ImportedModel, OfShardsIsThatOfOneFile) {
  const PortableModel model = test::some_model(test::llama_recipe());
  const std::vector<NamedFile> files = to_hugging_face(model);
  const auto whole = read_safetensors(files[0].bytes);
  ASSERT_TRUE(whole.ok());
  const std::vector<NamedTensor>& all = whole.value().tensors;
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
  // As transformers cuts a model: without our metadata.
  const Bytes first = write_safetensors(std::vector(all.begin(), middle), {{"format", "pt"}});
  const Bytes second = write_safetensors(std::vector(middle, all.end()), {{"format", "pt"}});
  ForeignModel foreign = folder_of(files);
  foreign.tensors = {second, first};
  EXPECT_EQ(imported(foreign).weights, model.weights);
  foreign.tensors = {second};
  const auto half = import_model(foreign);
  ASSERT_FALSE(half.ok());
  EXPECT_THAT(half.error().message, HasSubstr("has no tensor \"model.embed_tokens.weight\""));
}

// The rows of embedding and head follow the numbers of the tokens.
TEST(ImportedModel, OfOtherTokenNumbersIsThatOfOurs) {
  for (const char* const kind : {"char", "bpe:270"}) {
    Recipe recipe = test::llama_recipe();
    recipe.tokenizer = kind;
    const PortableModel model = test::some_model(recipe);
    const int V = model.header.config().vocab_size, C = recipe.n_embd;
    const std::vector<NamedFile> files = to_hugging_face(model);
    // Backwards, in the vocabulary's lines and in the matrices' rows.
    std::string tokenizer(text_of(files[2].bytes));
    for (int token = V - 1; token >= 0; --token) {
      const std::string own = "\": " + std::to_string(token);
      const std::size_t at = tokenizer.rfind(own + (token == V - 1 ? "\n" : ","));
      ASSERT_NE(at, std::string::npos);
      tokenizer.replace(at, own.size(), "\":  " + std::to_string(V - 1 - token));
    }
    auto read = read_safetensors(files[0].bytes);
    ASSERT_TRUE(read.ok());
    std::vector<std::vector<float>> turned;
    turned.reserve(2);
    for (NamedTensor& tensor : read.value().tensors) {
      if (tensor.name != "model.embed_tokens.weight" && tensor.name != "lm_head.weight") continue;
      std::vector<float> values(tensor.bytes.size() / sizeof(float));
      copy_values(tensor, std::span(values));
      std::vector<float>& rows = turned.emplace_back(values.size());
      for (int row = 0; row < V; ++row)
        std::copy_n(&values[static_cast<std::size_t>(row) * C], C,
                    &rows[static_cast<std::size_t>(V - 1 - row) * C]);
      tensor = make_tensor(tensor.name, tensor.shape, std::span<const float>(rows));
    }
    ASSERT_EQ(turned.size(), 2u);
    const Bytes tensors = write_safetensors(read.value().tensors, {{"format", "pt"}});
    const PortableModel back =
        imported({.tensors = {tensors}, .config = text_of(files[1].bytes), .tokenizer = tokenizer});
    EXPECT_EQ(back.header.tokenizer.to_json(), model.header.tokenizer.to_json());
    EXPECT_EQ(back.weights, model.weights);
  }
}

TEST(ShardNames, AreThoseOfTheIndex) {
  const auto names = read_shard_names(
      R"({"metadata":{"total_size":9},"weight_map":{"b":"m-2.safetensors","a":"m-1.safetensors",)"
      R"("c":"m-2.safetensors"}})");
  ASSERT_TRUE(names.ok());
  EXPECT_EQ(names.value(), (std::vector<std::string>{"m-1.safetensors", "m-2.safetensors"}));
  for (const char* const index :
       {"{}", "[1", R"({"weight_map":{"a":"../other.safetensors"}})",
        R"({"weight_map":{"a":"/etc/passwd"}})", R"({"weight_map":{"a":1}})"})
    EXPECT_FALSE(read_shard_names(index).ok()) << index;
}

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
  EXPECT_EQ(loaded.value()->save(), straight->save());
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

TEST(RefusedLlama, WhatOursDoesNotCompute) {
  const std::vector<NamedFile> files = to_hugging_face(test::some_model(test::llama_recipe()));
  const auto message = [&](const std::string& member, const std::string& other) -> std::string {
    std::string config(text_of(files[1].bytes));
    const std::size_t at = config.find(member);
    CHECK(at != std::string::npos);
    config.replace(at, member.size(), other);
    ForeignModel foreign = folder_of(files);
    foreign.config = config;
    const auto model = import_model(foreign);
    return model.ok() ? "" : model.error().message;
  };
  const std::string theta = "\"rope_theta\": 10000,";
  EXPECT_EQ(message(theta, ""), "");
  EXPECT_EQ(message(theta, R"("rope_parameters":{"rope_type":"default","rope_theta":10000.0},)"),
            "");
  EXPECT_EQ(message(theta, "\"rope_theta\": 500000.0,"),
            "config.json has rope_theta 500000; only 10000 can be imported.");
  EXPECT_THAT(message(theta, R"("rope_parameters":{"rope_type":"llama3","rope_theta":10000.0},)"),
              HasSubstr("rope_type \"llama3\"; only"));
  EXPECT_THAT(message(theta, R"("rope_scaling":{"rope_type":"yarn","factor":4},)"),
              HasSubstr("has rope_scaling \"yarn\"; only a model without"));
  EXPECT_THAT(message(theta, R"("layer_types":["full_attention","sliding_attention"],)"),
              HasSubstr("has layer_types \"sliding_attention\"; only a model without"));
  EXPECT_THAT(message(theta, "\"sliding_window\": 512,"),
              HasSubstr("sliding_window 512; only null"));
  EXPECT_THAT(message("\"rms_norm_eps\": 0.00001", "\"rms_norm_eps\": 1e-6"),
              HasSubstr("rms_norm_eps 0.000001; only 0.00001"));
  EXPECT_THAT(message("\"rms_norm_eps\": 0.00001,", ""), HasSubstr("does not give rms_norm_eps"));
  EXPECT_THAT(message("\"head_dim\": 4", "\"head_dim\": 8"),
              HasSubstr("head_dim 8; only hidden_size / num_attention_heads"));
  EXPECT_THAT(message("\"intermediate_size\": 48", "\"intermediate_size\": 64"),
              HasSubstr("intermediate_size 64; only 48, 8/3 times"));
  EXPECT_THAT(message("\"silu\"", "\"gelu\""), HasSubstr("hidden_act \"gelu\"; only \"silu\""));
  EXPECT_THAT(message("\"mlp_bias\": true", "\"mlp_bias\": false"),
              HasSubstr("mlp_bias false; only what attention_bias is"));
  EXPECT_THAT(message("\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3"),
              HasSubstr("n_kv_head"));
  EXPECT_THAT(message("\"llama\"", "\"qwen3\""), HasSubstr("attention_bias true; only false"));
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
