#include "train/recipe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <type_traits>

#include "base/rng.h"
#include "base/thread_pool.h"
#include "tests/engine/support/setting_error.h"
#include "text/corpus.h"
#include "text/words.h"
#include "train/compact_model.h"

namespace clearformer {
namespace {

using Json = nlohmann::ordered_json;
using test::error_of;

std::string json_error(std::string_view json) {
  return error_of(recipe_from_json(json));
}

// A recipe in which no setting has its default, drawn anew for each `index`.
Recipe other_recipe(std::uint32_t index) {
  const Rng rng(7, Stream::kTest, index);
  Recipe recipe;
  std::uint64_t draw = 0;
  for_each_setting(recipe, [&](const Setting& setting, auto& field) {
    using Field = std::remove_reference_t<decltype(field)>;
    const Field old = field;
    while (field == old) {
      ++draw;
      if constexpr (std::is_same_v<Field, std::string>) {
        const std::size_t choice = rng.below(draw, setting.choices.size() + (*setting.sized != 0));
        const auto sizes = static_cast<std::uint64_t>(setting.max - setting.min) + 1;
        field = choice < setting.choices.size()
                    ? setting.choices[choice]
                    : setting.sized + (std::to_string(static_cast<std::uint64_t>(setting.min) +
                                                      rng.below(draw + 1'000'000, sizes)));
      } else if constexpr (std::is_same_v<Field, bool>) {
        field = !old;
      } else if constexpr (std::is_same_v<Field, int>) {
        const auto count = static_cast<std::uint64_t>(setting.max - setting.min) + 1;
        field = static_cast<int>(setting.min) + static_cast<int>(rng.below(draw, count));
      } else {
        field = setting.min + (setting.max - setting.min) * rng.uniform(draw) / 3;
      }
    }
  });
  return recipe;
}

TEST(RecipeTable, NamesAreDistinctAndEverythingIsExplained) {
  const Recipe defaults;
  std::set<std::string> names, labels;
  for_each_setting(defaults, [&](const Setting& setting, const auto& field) {
    EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
    EXPECT_TRUE(labels.insert(setting.label).second) << setting.name;
    EXPECT_TRUE(std::string_view(setting.help).ends_with('.')) << setting.name;
    // assign() takes a whole number over once it is in range.
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(field)>, int>) {
      EXPECT_GE(setting.min, std::numeric_limits<int>::min()) << setting.name;
      EXPECT_LE(setting.max, std::numeric_limits<int>::max()) << setting.name;
    }
  });
  EXPECT_TRUE(validate_recipe(Recipe{}).ok());
}

TEST(RecipeJson, HasEverySettingInTheTablesOrder) {
  EXPECT_EQ(recipe_to_json(Recipe{}),
            "{\"tokenizer\":\"char\",\"n_layer\":4,\"n_head\":4,\"n_embd\":128,\"block_size\":64,"
            "\"bias\":false,\"batch_size\":12,\"grad_accum_steps\":1,\"steps\":2000,\"lr\":0.001,"
            "\"min_lr\":0.0001,\"warmup_steps\":100,\"weight_decay\":0.1,\"beta1\":0.9,"
            "\"beta2\":0.99,\"grad_clip\":1,\"dropout\":0,\"seed\":1337,\"val_fraction\":0.1,"
            "\"eval_every\":250,\"eval_batches\":20}");
}

// Files and links of before they came stay as they were.
TEST(RecipeJson, LeavesLaterSettingsOutAtTheirDefaults) {
  Recipe recipe;
  recipe.position = "rotary";
  recipe.tied_head = false;
  const std::string json = recipe_to_json(recipe);
  EXPECT_NE(json.find("\"bias\":false,\"position\":\"rotary\",\"tied_head\":false,\"batch_size\""),
            std::string::npos)
      << json;
  EXPECT_EQ(recipe_to_json(recipe_from_json("{\"norm\":\"layernorm\",\"n_kv_head\":0}").value()),
            recipe_to_json(Recipe{}));
}

TEST(RecipeJson, ComesBackExactly) {
  for (std::uint32_t i = 0; i < 200; ++i) {
    const Recipe recipe = other_recipe(i);
    const std::string json = recipe_to_json(recipe);
    const Result<Recipe> again = recipe_from_json(json);
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_EQ(recipe_to_json(again.value()), json);
    // Text alone could hide a digit that both directions lose.
    EXPECT_EQ(again.value().lr, recipe.lr);
    EXPECT_EQ(again.value().val_fraction, recipe.val_fraction);
    EXPECT_EQ(again.value().seed, recipe.seed);
  }
}

TEST(RecipeJson, EverySettingIsReadAndWrittenByItself) {
  const Recipe other = other_recipe(0);
  const auto all = Json::parse(recipe_to_json(other), nullptr, false);
  for (const auto& [name, value] : all.items()) {
    Json expected;  // in the table's order
    const Recipe defaults;
    for_each_setting(defaults, [&](const Setting& setting, const auto& field) {
      if (setting.name == name) {
        expected[setting.name] = value;
      } else if (!setting.later) {
        expected[setting.name] = field;
      }
    });
    const Result<Recipe> recipe = recipe_from_json(Json{{name, value}}.dump());
    ASSERT_TRUE(recipe.ok()) << recipe.error().message;
    EXPECT_EQ(Json::parse(recipe_to_json(recipe.value()), nullptr, false), expected) << name;

    Recipe set;
    const Status status =
        set_setting(set, name, value.is_string() ? value.get<std::string>() : value.dump());
    ASSERT_TRUE(status.ok()) << status.error().message;
    EXPECT_EQ(recipe_to_json(set), recipe_to_json(recipe.value())) << name;
  }
}

TEST(RecipeJson, WholeNumbersMayBeWrittenInAnyWay) {
  for (const char* const number : {"12", "12.0", "1.2e1", "120e-1"}) {
    const auto recipe = recipe_from_json("{\"n_layer\":" + std::string(number) + "}");
    ASSERT_TRUE(recipe.ok()) << recipe.error().message;
    EXPECT_EQ(recipe.value().n_layer, 12);
  }
  EXPECT_EQ(recipe_from_json("{\"steps\":1e3}").value().steps, 1000);
  EXPECT_EQ(recipe_from_json("{\"lr\":1}").value().lr, 1);
  EXPECT_FALSE(std::signbit(recipe_from_json("{\"lr\":-0.0}").value().lr));
  EXPECT_EQ(recipe_to_json(recipe_from_json(" {} ").value()), recipe_to_json(Recipe{}));
}

TEST(RecipeJson, AWrongValueIsNamedBySetting) {
  const std::string layers = "; it must be a whole number from 1 to 48.";
  for (const char* const given : {"0", "49", "-1", "12.5", "2147483648", "true", "\"4\"", "null"}) {
    EXPECT_EQ(json_error("{\"n_layer\":" + std::string(given) + "}"),
              "n_layer: n_layer is " + std::string(given) + layers);
  }
  EXPECT_EQ(json_error("{\"n_layer\":[4]}"), "n_layer: n_layer is a list" + layers);
  EXPECT_EQ(json_error("{\"n_layer\":{}}"), "n_layer: n_layer is an object" + layers);
  EXPECT_EQ(json_error("{\"n_layer\":1e999}"), "n_layer: n_layer is 1e999" + layers);
  EXPECT_EQ(json_error("{\"n_layer\":18446744073709551616}"),
            "n_layer: n_layer is 18446744073709552000" + layers);
  EXPECT_EQ(json_error("{\"lr\":-0.5}"), "lr: lr is -0.5; it must be a number from 0 to 10.");
  EXPECT_EQ(json_error("{\"lr\":\"0.1\"}"), "lr: lr is \"0.1\"; it must be a number from 0 to 10.");
  EXPECT_EQ(json_error("{\"lr\":1e999}"), "lr: lr is 1e999; it must be a number from 0 to 10.");
  EXPECT_EQ(json_error("{\"beta2\":1}"),
            "beta2: beta2 is 1; it must be a number of at least 0 and below 1.");
  EXPECT_EQ(json_error("{\"bias\":1}"), "bias: bias is 1; it must be true or false.");
  EXPECT_EQ(json_error("{\"tokenizer\":\"bpe\"}"),
            "tokenizer: tokenizer is \"bpe\"; it must be char, byte or bpe:N, N a whole number "
            "from 257 to 65536.");
  EXPECT_EQ(json_error("{\"tokenizer\":4}"),
            "tokenizer: tokenizer is 4; it must be char, byte or bpe:N, N a whole number from 257 "
            "to 65536.");
  EXPECT_EQ(json_error("{\"seed\":2147483648}"),
            "seed: seed is 2147483648; it must be a whole number from 0 to 2147483647.");
}

TEST(RecipeJson, UnknownAndRepeatedNamesAreErrors) {
  EXPECT_EQ(json_error("{\"n_layers\":4}"),
            ": There is no setting \"n_layers\"; did you mean n_layer?");
  EXPECT_EQ(json_error("{\"N_HEAD\":4}").find("did you mean"), std::string::npos);
  EXPECT_EQ(json_error("{\"warmup\":4}").find("did you mean"), std::string::npos);
  EXPECT_EQ(json_error("{\"warm_up_steps\":4}"),
            ": There is no setting \"warm_up_steps\"; did you mean warmup_steps?");
  EXPECT_EQ(json_error("{\"learning\":4}").substr(0, 61),
            ": There is no setting \"learning\"; the settings are tokenizer,");
  EXPECT_NE(json_error("{\"\":4}"), "");
  EXPECT_LT(json_error("{\"" + std::string(1'000'000, 'x') + "\":4}").size(), 1000u);
  EXPECT_EQ(json_error("{\"lr\":1,\"steps\":5,\"lr\":1}"), "lr: lr is given twice; give it once.");
}

TEST(RecipeJson, OnlyAnObjectWillDo) {
  const auto usage = [](std::string_view json) {
    const Result<Recipe> recipe = recipe_from_json(json);
    EXPECT_FALSE(recipe.ok());
    EXPECT_EQ(recipe.error().code, "usage");
    return recipe.error().message;
  };
  EXPECT_EQ(usage("[]"), "The recipe must be a JSON object; this is a list.");
  EXPECT_EQ(usage(""), "The recipe is not valid JSON: it ends too early.");
  EXPECT_EQ(usage("{\"lr\":NaN}"),
            "The recipe is not valid JSON: it breaks at byte 7, after \"\\\"lr\\\":N\".");
  EXPECT_NE(usage("{\"lr\":1} x"), "");
}

TEST(SetSetting, ReadsTheCommandLine) {
  Recipe recipe;
  const auto set = [&](std::string_view name, std::string_view text) {
    return error_of(set_setting(recipe, name, text));
  };
  EXPECT_EQ(set("n_layer", "6"), "");
  EXPECT_EQ(recipe.n_layer, 6);
  EXPECT_EQ(set("steps", "5e3"), "");
  EXPECT_EQ(recipe.steps, 5000);
  EXPECT_EQ(set("lr", ".5"), "");
  EXPECT_EQ(recipe.lr, 0.5);
  EXPECT_EQ(set("lr", "+3e-4"), "");
  EXPECT_EQ(recipe.lr, 3e-4);
  EXPECT_EQ(set("bias", "true"), "");
  EXPECT_TRUE(recipe.bias);
  EXPECT_EQ(set("tokenizer", "byte"), "");
  EXPECT_EQ(recipe.tokenizer, "byte");
  EXPECT_EQ(set("tokenizer", "bpe:512"), "");
  EXPECT_EQ(recipe.tokenizer, "bpe:512");

  const std::string before = recipe_to_json(recipe);
  const std::string tokenizers =
      "; it must be char, byte or bpe:N, N a whole number from 257 to 65536.";
  const std::string layers = "; it must be a whole number from 1 to 48.";
  EXPECT_EQ(set("n_layer", "0"), "n_layer: n_layer is 0" + layers);
  EXPECT_EQ(set("n_layer", "4.5"), "n_layer: n_layer is 4.5" + layers);
  for (const char* const text :
       {"", "four", "0x10", "nan", "inf", "4 ", " 4", "4,0", "1e", "--4", "."}) {
    EXPECT_EQ(set("n_layer", text), "n_layer: n_layer is \"" + std::string(text) + "\"" + layers);
  }
  EXPECT_EQ(set("lr", "nan"), "lr: lr is \"nan\"; it must be a number from 0 to 10.");
  EXPECT_EQ(set("lr", "1e999"), "lr: lr is 1e999; it must be a number from 0 to 10.");
  EXPECT_EQ(set("bias", "1"), "bias: bias is 1; it must be true or false.");
  EXPECT_EQ(set("bias", "yes"), "bias: bias is \"yes\"; it must be true or false.");
  for (const char* const text :
       {"bpe", "bpe:", "bpe:256", "bpe:65537", "bpe:0512", "bpe:+512", "bpe:512.0", "bpe:5e2",
        "bpe: 512", "bpe:99999999999", "byte:512"}) {
    EXPECT_EQ(set("tokenizer", text),
              "tokenizer: tokenizer is \"" + std::string(text) + "\"" + tokenizers);
  }
  EXPECT_EQ(set("n_layers", "4"), ": There is no setting \"n_layers\"; did you mean n_layer?");
  EXPECT_EQ(recipe_to_json(recipe), before);
}

TEST(Recipe, GivesTheModelItsShape) {
  const Recipe recipe = other_recipe(3);
  const ModelConfig config = recipe.model_config(77);
  EXPECT_EQ(config.n_layer, recipe.n_layer);
  EXPECT_EQ(config.n_head, recipe.n_head);
  EXPECT_EQ(config.n_embd, recipe.n_embd);
  EXPECT_EQ(config.block_size, recipe.block_size);
  EXPECT_EQ(config.bias, recipe.bias);
  EXPECT_EQ(config.dropout, static_cast<float>(recipe.dropout));
  EXPECT_EQ(config.vocab_size, 77);
  EXPECT_EQ(config.n_kv_head, recipe.n_kv_head);
  EXPECT_EQ(config.qk_norm, recipe.qk_norm);
  EXPECT_EQ(config.tied_head, recipe.tied_head);
  EXPECT_EQ(config.label_smoothing, static_cast<float>(recipe.label_smoothing));
  EXPECT_EQ(config.z_loss, static_cast<float>(recipe.z_loss));
}

TEST(Recipe, PresetsAreThoseArchitectures) {
  ASSERT_EQ(std::size(kPresets), 2u);
  EXPECT_STREQ(kPresets[0].name, "gpt2");
  EXPECT_STREQ(kPresets[1].name, "llama");
  const Result<Recipe> gpt2 = recipe_from_json(kPresets[0].recipe_json);
  const Result<Recipe> llama = recipe_from_json(kPresets[1].recipe_json);
  ASSERT_TRUE(gpt2.ok() && llama.ok());
  EXPECT_EQ(gpt2.value().model_config(65).bias, true);
  const ModelConfig config = llama.value().model_config(65);
  EXPECT_EQ(config.norm, Norm::rmsnorm);
  EXPECT_EQ(config.activation, Activation::swiglu);
  EXPECT_EQ(config.position, Position::rotary);
  EXPECT_FALSE(config.tied_head);
  EXPECT_FALSE(config.bias);
}

TEST(Recipe, NamesTheModelsParts) {
  const auto with = [](const char* name, const char* choice) {
    Recipe recipe;
    EXPECT_TRUE(set_setting(recipe, name, choice).ok());
    return recipe.model_config(77);
  };
  EXPECT_EQ(with("norm", "layernorm").norm, Norm::layernorm);
  EXPECT_EQ(with("norm", "rmsnorm").norm, Norm::rmsnorm);
  EXPECT_EQ(with("activation", "gelu").activation, Activation::gelu);
  EXPECT_EQ(with("activation", "relu2").activation, Activation::relu2);
  EXPECT_EQ(with("activation", "swiglu").activation, Activation::swiglu);
  EXPECT_EQ(with("position", "learned").position, Position::learned);
  EXPECT_EQ(with("position", "rotary").position, Position::rotary);
  EXPECT_EQ(with("position", "none").position, Position::none);
  EXPECT_EQ(with("n_kv_head", "0").kv_heads(), 4);
  EXPECT_EQ(with("n_kv_head", "2").kv_heads(), 2);
}

TEST(SettingsSchema, SaysWhatTheTableSays) {
  const auto schema = Json::parse(settings_schema_json(), nullptr, false);
  ASSERT_TRUE(schema.is_object());
  const Recipe recipe;
  std::size_t i = 0;
  for_each_setting(recipe, [&](const Setting& setting, const auto& field) {
    using Field = std::remove_cvref_t<decltype(field)>;
    const auto& entry = schema["settings"][i++];
    EXPECT_EQ(entry["name"], setting.name);
    EXPECT_EQ(entry["default"], field) << setting.name;
    EXPECT_EQ(entry["label"], setting.label);
    EXPECT_EQ(entry["help"], setting.help);
    const char* const groups[] = {"model", "training", "watching"};
    EXPECT_EQ(entry["group"], groups[static_cast<int>(setting.group)]);
    constexpr bool kNumber = std::is_same_v<Field, int> || std::is_same_v<Field, double>;
    const bool ranged = kNumber || *setting.sized;
    EXPECT_EQ(entry["type"], (std::is_same_v<Field, int>      ? "integer"
                              : std::is_same_v<Field, double> ? "number"
                              : std::is_same_v<Field, bool>   ? "boolean"
                                                              : "choice"));
    EXPECT_EQ(entry.contains("min"), ranged);
    EXPECT_EQ(entry.contains("max"), ranged);
    if (ranged) {
      EXPECT_EQ(entry["min"], setting.min);
      EXPECT_EQ(entry["max"], setting.max);
    }
    EXPECT_EQ(entry.contains("exclusive_max"), setting.exclusive_max);
    EXPECT_EQ(entry.contains("choices"), (std::is_same_v<Field, std::string>));
    EXPECT_EQ(entry.contains("with"), *setting.with != 0);
    EXPECT_EQ(entry.contains("with_values"), *setting.with != 0);
    if (*setting.with) {
      EXPECT_EQ(entry["with"], setting.with);
      EXPECT_EQ(entry["with_values"], setting.with_values);
    }
  });
  EXPECT_EQ(schema["settings"].size(), i);
  EXPECT_EQ(schema["settings"][0]["choices"], (Json{"char", "byte"}));
  EXPECT_EQ(schema["settings"][0]["sized"], "bpe:");
  EXPECT_EQ(schema["settings"][0]["min"], kMinBpeSize);
  EXPECT_EQ(schema["settings"][0]["max"], kMaxBpeSize);
  EXPECT_EQ(schema["limits"]["max_text_bytes"], kMaxTextBytes);
  EXPECT_EQ(schema["limits"]["max_vocab_size"], kMaxVocabSize);
  EXPECT_EQ(schema["limits"]["max_threads"], kMaxThreads);
  EXPECT_EQ(schema["limits"]["max_model_bytes"], kMaxCompactBytes);
  for (const Preset& preset : kPresets)
    EXPECT_EQ(schema["presets"][preset.name], Json::parse(preset.recipe_json));
}

// What a setting depends on is a choice that exists, with values that it has, and not all of them.
TEST(SettingsSchema, SettingsDependOnChoicesThatExist) {
  const Recipe recipe;
  std::map<std::string, std::vector<std::string>> choices;
  for_each_setting(recipe, [&](const Setting& setting, const auto&) {
    choices[setting.name] = {setting.choices.begin(), setting.choices.end()};
  });
  for_each_setting(recipe, [&](const Setting& setting, const auto&) {
    EXPECT_EQ(*setting.with == 0, setting.with_values.empty()) << setting.name;
    if (!*setting.with) return;
    const auto& known = choices.at(setting.with);
    EXPECT_LT(setting.with_values.size(), known.size()) << setting.name;
    for (const char* const value : setting.with_values)
      EXPECT_NE(std::find(known.begin(), known.end(), value), known.end()) << setting.name;
  });
}

}  // namespace
}  // namespace clearformer
