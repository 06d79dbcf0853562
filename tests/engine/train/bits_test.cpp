// The promise about bits: fingerprints that every build gives, on any machine, with any number of
// threads. They are in tests/golden/fingerprints.json; `CLEARFORMER_WRITE_GOLDEN=1 engine_tests
// --gtest_filter='Bits.*'` of a native build writes them anew where the arithmetic changes.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/engine/support/runs.h"

namespace clearformer {
namespace {

// Recipes that together take every path whose bits could differ.
std::vector<std::pair<std::string, Recipe>> recipes() {
  Recipe wide = test::small_recipe();  // tiles of a matrix product in full, and several of them
  wide.n_embd = 96;
  wide.n_head = 4;
  wide.block_size = 40;
  wide.batch_size = 7;
  wide.grad_accum_steps = 1;
  wide.bias = false;
  wide.dropout = 0;
  wide.steps = 4;
  Recipe bytes = test::small_recipe();
  bytes.tokenizer = "byte";
  bytes.grad_clip = 0;
  bytes.val_fraction = 0;
  bytes.n_layer = 1;
  bytes.n_head = 1;
  bytes.n_embd = 7;
  Recipe pairs = test::small_recipe();
  pairs.tokenizer = "bpe:300";
  Recipe llama = test::small_recipe();
  llama.n_embd = 24;
  llama.n_head = 4;
  llama.bias = false;
  llama.norm = "rmsnorm";
  llama.activation = "swiglu";
  llama.position = "rotary";
  llama.n_kv_head = 2;
  llama.qk_norm = true;
  llama.tied_head = false;
  Recipe squares = test::small_recipe();
  squares.activation = "relu2";
  squares.position = "none";
  Recipe lora = llama;  // adapters of a random model: their bits are as good as any
  lora.lora_rank = 5;
  lora.lora_alpha = 3;
  Recipe muon = llama;
  muon.optimizer = "muon";
  muon.schedule = "wsd";
  muon.label_smoothing = 0.1;
  muon.z_loss = 1e-3;
  Recipe sgd = test::small_recipe();
  sgd.optimizer = "sgd";
  sgd.schedule = "linear";
  sgd.lr = 0.1;
  return {{"small", test::small_recipe()},
          {"wide", wide},
          {"bytes", bytes},
          {"llama", llama},
          {"squares", squares},
          {"pairs", pairs},
          {"muon", muon},
          {"sgd", sgd},
          {"lora", lora}};
}

const std::string& golden_path() {
  static const std::string path =
      std::string(CLEARFORMER_SOURCE_DIR) + "/tests/golden/fingerprints.json";
  return path;
}

std::string train(const Recipe& recipe, Arithmetic arithmetic, int n_threads) {
  const auto trainer = test::start(recipe, test::training_text(200), arithmetic, n_threads);
  test::train_until(*trainer, recipe.steps);
  return trainer->fingerprint();
}

TEST(Bits, FingerprintsAreThoseOfEveryOtherBuild) {
  const bool write = std::getenv("CLEARFORMER_WRITE_GOLDEN") != nullptr;
  nlohmann::ordered_json golden;
  if (!write) {
    std::ifstream file(golden_path());
    ASSERT_TRUE(file.is_open());
    golden = nlohmann::ordered_json::parse(file);
  }
  for (const auto& [name, recipe] : recipes()) {
    for (const Arithmetic arithmetic : test::arithmetics()) {
      const char* const by_class = arithmetic_name(arithmetic);
      if (write) golden[name][by_class] = train(recipe, arithmetic, 1);
      for (const int n_threads : test::thread_counts()) {
        EXPECT_EQ(train(recipe, arithmetic, n_threads),
                  golden.at(name).at(by_class).get<std::string>())
            << name << ", " << by_class << ", threads: " << n_threads;
      }
    }
  }
  if (write) std::ofstream(golden_path()) << golden.dump(2) << "\n";
}

}  // namespace
}  // namespace clearformer
