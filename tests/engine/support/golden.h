#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/token.h"
#include "model/parameters.h"
#include "train/recipe.h"

// Golden values from PyTorch: tests/golden/*.json, written by tests/golden/make_golden.py.
namespace clearformer::test {

struct GoldenBatch {
  std::vector<Token> tokens;   // (B, T)
  std::vector<Token> targets;  // (B, T)
};

// Of the first batch at the initial weights.
struct GoldenPass {
  double loss;
  std::vector<double> logits;     // (B, T, V)
  std::vector<double> gradients;  // flat, in the walk's order
};

// Steps of an optimizer (AdamW's epsilon is 1e-8), step i on batch i, in float64.
struct GoldenTraining {
  std::string optimizer;
  int steps, warmup_steps;
  double lr, min_lr, weight_decay, beta1, beta2, momentum, grad_clip;
  std::vector<double> learning_rates;  // (steps)
  std::vector<double> losses;          // (steps), before each step
  std::vector<double> grad_norms;      // (steps), before clipping
  std::vector<double> weights;         // after the last step, flat, in the walk's order
};

struct GoldenCase {
  std::string name;
  ModelConfig config;
  std::int64_t B, T;
  std::vector<GoldenBatch> batches;    // (steps)
  std::vector<double> weights;         // at the start, flat, in the walk's order; exact in float
  GoldenPass float64, float32;         // as PyTorch computes it in either type
  GoldenTraining training;             // AdamW's
  std::vector<GoldenTraining> others;  // by Muon and SGD, where the case has them
};

inline const std::vector<std::string>& golden_names() {
  static const std::vector<std::string> names = {
      "one_head", "three_heads_bias",          "one_position",   "two_layers",
      "llama",    "squares_without_positions", "every_optimizer"};
  return names;
}

// Tensors stored by name, as one flat buffer in the walk's order.
inline std::vector<double> flat_in_walk_order(const ModelConfig& config,
                                              const nlohmann::json& by_name) {
  std::vector<double> flat;
  const auto list = parameter_list(config);
  EXPECT_EQ(by_name.size(), list.size());
  for (const ParameterInfo& info : list) {
    const auto tensor = by_name.at(info.name).get<std::vector<double>>();
    EXPECT_EQ(static_cast<std::int64_t>(tensor.size()), info.size()) << info.name;
    flat.insert(flat.end(), tensor.begin(), tensor.end());
  }
  return flat;
}

// Reads tests/golden/<name>.json. A file that is absent or malformed ends the program: the tests
// are built without exceptions.
inline GoldenCase load_golden(const std::string& name) {
  std::ifstream file(std::string(CLEARFORMER_SOURCE_DIR) + "/tests/golden/" + name + ".json");
  EXPECT_TRUE(file.is_open()) << name;
  const nlohmann::json json = nlohmann::json::parse(file);

  GoldenCase golden;
  golden.name = name;
  nlohmann::json settings_of_model = json.at("config");
  const int vocab_size = settings_of_model.at("vocab_size");
  settings_of_model.erase("vocab_size");
  const Result<Recipe> recipe = recipe_from_json(settings_of_model.dump());
  EXPECT_TRUE(recipe.ok()) << name;
  golden.config = recipe.value().model_config(vocab_size);
  golden.B = json.at("B");
  golden.T = json.at("T");
  for (const auto& batch : json.at("batches")) {
    golden.batches.push_back({batch.at("tokens"), batch.at("targets")});
  }
  golden.weights = flat_in_walk_order(golden.config, json.at("weights"));

  const auto pass = [&](const nlohmann::json& from) {
    return GoldenPass{from.at("loss"), from.at("logits"),
                      flat_in_walk_order(golden.config, from.at("gradients"))};
  };
  golden.float64 = pass(json.at("float64"));
  golden.float32 = pass(json.at("float32"));

  const auto training = [&](const char* optimizer) {
    const auto& run = json.at(optimizer);
    const auto& settings = run.at("settings");
    return GoldenTraining{
        .optimizer = optimizer,
        .steps = settings.at("steps"),
        .warmup_steps = settings.at("warmup_steps"),
        .lr = settings.at("lr"),
        .min_lr = settings.at("min_lr"),
        .weight_decay = settings.at("weight_decay"),
        .beta1 = settings.at("beta1"),
        .beta2 = settings.at("beta2"),
        .momentum = json.value("momentum", 0.0),
        .grad_clip = settings.at("grad_clip"),
        .learning_rates = run.at("learning_rates"),
        .losses = run.at("losses"),
        .grad_norms = run.at("grad_norms"),
        .weights = flat_in_walk_order(golden.config, run.at("weights")),
    };
  };
  golden.training = training("adamw");
  if (json.contains("momentum")) golden.others = {training("muon"), training("sgd")};
  return golden;
}

}  // namespace clearformer::test
