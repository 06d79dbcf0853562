#include "model/parameters.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/engine/support/engine_check.h"

namespace clearformer {
namespace {

// nanoGPT's CPU model has 804,096 parameters and its biases, counted here by hand from the
// architecture: wte V C + wpe T C + layers of 12 C^2 + 2 C (+ 11 C of biases) + ln_f C (+ C).
TEST(Parameters, CountIsTheArchitectures) {
  for (const bool bias : {false, true}) {
    const ModelConfig config{4, 4, 128, 64, 65, bias, 0};
    const std::int64_t C = 128, per_layer = 12 * C * C + 2 * C + (bias ? 11 * C : 0);
    EXPECT_EQ(parameter_count(config), 65 * C + 64 * C + 4 * per_layer + C + (bias ? C : 0));
  }
}

// Llama's: no positions, norms without biases, four heads on two of keys and values, gates. 8/3 of
// 40 is 106.7, the next whole lanes are 112. The head has weights of its own.
TEST(Parameters, CountIsLlamas) {
  const ModelConfig config{.n_layer = 3,
                           .n_head = 4,
                           .n_embd = 40,
                           .block_size = 64,
                           .vocab_size = 65,
                           .norm = Norm::rmsnorm,
                           .activation = Activation::swiglu,
                           .position = Position::rotary,
                           .n_kv_head = 2,
                           .qk_norm = true,
                           .tied_head = false};
  const std::int64_t C = 40, HS = 10, H = 112;
  EXPECT_EQ(config.n_inner(), H);
  const std::int64_t per_layer = C * (C + 2 * 2 * HS) + 2 * HS + C * C + 3 * C * H + 2 * C;
  EXPECT_EQ(parameter_count(config), 2 * 65 * C + 3 * per_layer + C);
}

// Three matrices of C n_inner in place of two of C 4C: as many numbers, but for whole lanes.
TEST(Parameters, GatesCostNoParameters) {
  for (int C = 1; C <= 4096; ++C) {
    const ModelConfig config{.n_embd = C, .activation = Activation::swiglu};
    EXPECT_GE(3 * config.n_inner(), 8 * C);
    EXPECT_LT(3 * config.n_inner(), 8 * C + 3 * 16);
    EXPECT_EQ(config.n_inner() % 16, 0);
  }
}

TEST(Parameters, SlicesFollowOneAnother) {
  for (const bool bias : {false, true}) {
    const ModelConfig config{3, 2, 6, 5, 7, bias, 0};
    std::vector<float> flat(parameter_count(config));
    const Parameters<float> p = slice_parameters(config, flat.data());
    const float* next = flat.data();
    const auto follows = [&](const float* at, std::int64_t size) {
      EXPECT_EQ(at, next);
      next += size;
    };
    const auto bias_follows = [&](const float* at, std::int64_t size) {
      if (bias) {
        follows(at, size);
      } else {
        EXPECT_EQ(at, nullptr);
      }
    };
    follows(p.wte, 7 * 6);
    follows(p.wpe, 5 * 6);
    ASSERT_EQ(p.h.size(), 3u);
    for (const BlockParameters<float>& block : p.h) {
      follows(block.ln_1_weight, 6);
      bias_follows(block.ln_1_bias, 6);
      follows(block.c_attn_weight, 6 * 18);
      bias_follows(block.c_attn_bias, 18);
      follows(block.attn_c_proj_weight, 6 * 6);
      bias_follows(block.attn_c_proj_bias, 6);
      follows(block.ln_2_weight, 6);
      bias_follows(block.ln_2_bias, 6);
      follows(block.c_fc_weight, 6 * 24);
      bias_follows(block.c_fc_bias, 24);
      follows(block.mlp_c_proj_weight, 24 * 6);
      bias_follows(block.mlp_c_proj_bias, 6);
    }
    follows(p.ln_f_weight, 6);
    bias_follows(p.ln_f_bias, 6);
    EXPECT_EQ(p.lm_head, p.wte);
    EXPECT_EQ(next, flat.data() + flat.size());
  }
}

// What an architecture lacks is null.
TEST(Parameters, SlicesOfOtherArchitectures) {
  const ModelConfig config{.n_layer = 1,
                           .n_head = 2,
                           .n_embd = 6,
                           .block_size = 5,
                           .vocab_size = 7,
                           .bias = true,
                           .norm = Norm::rmsnorm,
                           .position = Position::none,
                           .n_kv_head = 1,
                           .qk_norm = true,
                           .tied_head = false};
  std::vector<float> flat(parameter_count(config));
  const Parameters<float> p = slice_parameters(config, flat.data());
  const BlockParameters<float>& block = p.h[0];
  for (const float* absent : {p.wpe, block.ln_1_bias, block.ln_2_bias, p.ln_f_bias})
    EXPECT_EQ(absent, nullptr);
  EXPECT_EQ(block.ln_1_weight, p.wte + 7 * 6);
  EXPECT_EQ(block.c_attn_bias, block.c_attn_weight + 6 * 12);
  EXPECT_EQ(block.q_norm_weight, block.c_attn_bias + 12);
  EXPECT_EQ(block.k_norm_weight, block.q_norm_weight + 3);
  EXPECT_EQ(block.attn_c_proj_weight, block.k_norm_weight + 3);
  EXPECT_EQ(p.lm_head, p.ln_f_weight + 6);
  EXPECT_EQ(p.lm_head + 7 * 6, flat.data() + flat.size());
}

// Names are distinct; weight decay is for matrices alone.
TEST(Parameters, ListNamesEachOnce) {
  std::set<std::string> names;
  for (const ParameterInfo& info : parameter_list({.n_layer = 3,
                                                   .n_head = 2,
                                                   .n_embd = 6,
                                                   .block_size = 5,
                                                   .vocab_size = 7,
                                                   .bias = true,
                                                   .qk_norm = true,
                                                   .tied_head = false})) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    const bool vector = info.name.find("ln_") != std::string::npos ||
                        info.name.find("_norm.") != std::string::npos ||
                        info.name.ends_with("bias");
    EXPECT_EQ(info.is_vector(), vector) << info.name;
    EXPECT_EQ(info.decay, !vector) << info.name;
    if (vector) EXPECT_EQ(info.rows, 1) << info.name;
  }
}

// Scales one, biases zero, matrices normal with the deviation that their place asks for. A mean of
// n squares of N(0, s) has the deviation s^2 sqrt(2 / n): five of them.
TEST(Parameters, StartAsGpt2Does) {
  ModelConfig config{3, 2, 24, 16, 31, true, 0};
  config.qk_norm = true;
  config.tied_head = false;
  std::vector<float> flat(parameter_count(config));
  initialise_parameters(config, 5, flat.data());
  const float* at = flat.data();
  for (const ParameterInfo& info : parameter_list(config)) {
    double sum = 0, squares = 0;
    const double n = static_cast<double>(info.size());
    for (std::int64_t i = 0; i < info.size(); ++i) {
      sum += at[i];
      squares += static_cast<double>(at[i]) * at[i];
    }
    if (info.is_vector()) {
      const bool scale = info.name.ends_with("weight");
      EXPECT_EQ(squares, scale ? n : 0) << info.name;
      EXPECT_EQ(sum, scale ? n : 0) << info.name;
    } else {
      const bool into_residual = info.name.ends_with("c_proj.weight");
      const double std = into_residual ? 0.02 / std::sqrt(2 * 3.0) : 0.02;
      EXPECT_NEAR(squares / n, std * std, 5 * std * std * std::sqrt(2 / n)) << info.name;
      EXPECT_NEAR(sum / n, 0, 5 * std / std::sqrt(n)) << info.name;
    }
    at += info.size();
  }
}

TEST(Parameters, TheSeedDecidesEveryBit) {
  const ModelConfig config{2, 1, 8, 4, 9, false, 0};
  const auto start = [&](std::uint64_t seed) {
    std::vector<float> flat = test::nans<float>(parameter_count(config));
    initialise_parameters(config, seed, flat.data());
    return flat;
  };
  test::expect_same_bits("again", start(1), start(1));
  EXPECT_NE(start(1), start(2));
  // Each tensor has draws of its own: the two layers differ.
  auto flat = start(1);
  const Parameters<float> p = slice_parameters(config, flat.data());
  EXPECT_NE(std::vector<float>(p.h[0].c_attn_weight, p.h[0].c_attn_weight + 8 * 24),
            std::vector<float>(p.h[1].c_attn_weight, p.h[1].c_attn_weight + 8 * 24));
}

// Linear maps that stand side by side in the blocks' matrices, and in no others.
TEST(Parameters, SayWhichLinearMapsTheyHold) {
  const ModelConfig config{.n_layer = 1,
                           .n_head = 4,
                           .n_embd = 24,
                           .vocab_size = 31,
                           .bias = true,
                           .activation = Activation::swiglu,
                           .n_kv_head = 2,
                           .tied_head = false};
  using Maps = std::array<std::int64_t, 3>;
  for (const ParameterInfo& info : parameter_list(config)) {
    const auto named = [&](const char* name) { return info.name == std::string("h.0.") + name; };
    const Maps expected = named("attn.c_attn.weight")   ? Maps{24, 12, 12}
                          : named("mlp.c_fc.weight")    ? Maps{64, 64}
                          : named("attn.c_proj.weight") ? Maps{24}
                          : named("mlp.c_proj.weight")  ? Maps{24}
                                                        : Maps{};
    EXPECT_EQ(info.maps, expected) << info.name;
    EXPECT_EQ(info.in_block(), expected[0] > 0) << info.name;
    if (info.in_block()) EXPECT_EQ(info.maps[0] + info.maps[1] + info.maps[2], info.cols);
  }
}

}  // namespace
}  // namespace clearformer
