// Which architectures leave, and what of somebody else's comes in.
#include "tests/engine/support/architectures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "exchange/export_model.h"
#include "exchange/import_model.h"
#include "tests/engine/exchange/models.h"

namespace clearformer {
namespace {

using test::Bytes;
using test::folder_of;
using test::imported;
using test::model_of;
using test::text_of;
using testing::HasSubstr;

// Every combination of switches is some program's, or refused with what stands in the way.
TEST(Architectures, LeaveAndComeBackToTheByteOrAreRefused) {
  constexpr const char* kTokenizers[] = {"char", "byte", "bpe:264"};
  int n = 0, left = 0;
  for (Recipe recipe : test::all_architectures()) {
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

}  // namespace
}  // namespace clearformer
