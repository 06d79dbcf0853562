#include "model/activations.h"

#include <gtest/gtest.h>

#include <set>

#include "ops/attention.h"
#include "reference/activations.h"
#include "tests/engine/support/fast_model.h"

namespace clearformer {
namespace {

const std::vector<std::pair<ModelConfig, StepShape>>& shapes() {
  static const std::vector<std::pair<ModelConfig, StepShape>> shapes = {
      {{1, 1, 1, 1, 1, false, 0}, {1, 1, 1}},
      {{3, 3, 9, 11, 300, true, 0.1f}, {2, 7, 3}},
      {{2, 2, 8, 64, 40000, false, 0}, {5, 60, 2}},
      {{.n_layer = 2,
        .n_head = 4,
        .n_embd = 24,
        .block_size = 9,
        .vocab_size = 13,
        .norm = Norm::rmsnorm,
        .activation = Activation::swiglu,
        .position = Position::rotary,
        .n_kv_head = 2,
        .qk_norm = true,
        .tied_head = false},
       {3, 7, 2}}};
  return shapes;
}

TEST(Activations, TheListIsTheWalk) {
  for (const auto& [config, shape] : shapes()) {
    const std::vector<Buffer> list = activation_list(config, shape);
    std::set<std::string> names;
    std::size_t i = 0;
    Activations a{};
    for_each_activation(config, shape, a, [&](const Buffer& buffer, auto*&) {
      ASSERT_LT(i, list.size());
      EXPECT_EQ(list[i].name, buffer.name);
      EXPECT_EQ(list[i].bytes, buffer.bytes);
      EXPECT_GT(buffer.bytes, 0) << buffer.name;
      EXPECT_FALSE(buffer.why.empty()) << buffer.name;
      EXPECT_TRUE(names.insert(buffer.name).second) << buffer.name;
      ++i;
    });
    EXPECT_EQ(i, list.size());
    EXPECT_EQ(a.h.size(), static_cast<std::size_t>(config.n_layer));
  }
}

// What both keep under one name has one size in both. The engine's residual streams and softmax
// rows are the reference's by another name, or in another form. RMSNorm has no mean.
TEST(Activations, HaveTheReferencesSizes) {
  for (const auto& [config, shape] : shapes()) {
    if (config.vocab_size > 1000) continue;
    std::set<std::string> shared;
    reference::Activations<double> reference;
    reference::for_each_activation(
        config, shape.B, shape.T, reference,
        [&](const reference::ActivationInfo& info, std::vector<double>&) {
          for (const Buffer& buffer : activation_list(config, shape)) {
            if (buffer.kind != MemoryKind::activations || buffer.name != info.name) continue;
            shared.insert(info.name);
            EXPECT_EQ(buffer.bytes, info.size() * std::int64_t{sizeof(float)}) << info.name;
          }
        });
    for (const char* name : {"h.0.attn.qkv", "h.0.attn.out", "h.0.residual_mid", "h.0.mlp.fc",
                             "h.0.ln_1.rstd", "h.0.ln_2.rstd", "ln_f.rstd", "losses"})
      EXPECT_TRUE(shared.contains(name)) << name;
    for (const char* name : {"h.0.ln_1.mean", "h.0.ln_2.mean", "ln_f.mean"})
      EXPECT_EQ(shared.contains(name), config.norm == Norm::layernorm) << name;
  }
}

// A large vocabulary's logits never lie there whole, and nothing is T x T.
TEST(Activations, NothingGrowsOutOfBounds) {
  const ModelConfig config{1, 1, 8, 4096, 65536, false, 0};
  for (const Buffer& buffer : activation_list(config, {4, 1024, 1}))
    if (buffer.name == "logits") EXPECT_LE(buffer.bytes, 64ll * 65536 * 4);
  const auto bytes_at = [&](std::int64_t T) {
    std::int64_t sum = 0;
    for (const Buffer& buffer : activation_list(config, {1, T, 1}))
      if (buffer.name != "logits") sum += buffer.bytes;
    return sum;
  };
  EXPECT_LT(bytes_at(4096), 2.1 * static_cast<double>(bytes_at(2048)));
}

TEST(Activations, HeadRowsAreAtLeastOneAndAtMostAll) {
  for (const int V : {1, 65, 20000, 65536})
    for (const std::int64_t rows : {1, 63, 64, 65, 5000}) {
      const std::int64_t step = head_rows({1, 1, 1, 1, V, false, 0}, {rows, 1, 1});
      EXPECT_GE(step, std::min<std::int64_t>(rows, 64));
      EXPECT_LE(step, rows);
    }
}

// Passes that are smaller than planned, as an evaluation's last one is, need no more scratch.
TEST(Activations, SmallerPassesNeedNoMoreScratch) {
  for (const ModelConfig& config : {ModelConfig{1, 3, 27, 50, 101, true, 0},
                                    {1, 4, 28, 50, 101, false, 0, Norm::rmsnorm, Activation::swiglu,
                                     Position::none, 2, true}}) {
    const StepShape planned{4, 50, 3};
    for (std::int64_t B = 1; B <= planned.B; ++B)
      for (std::int64_t T = 1; T <= planned.T; ++T)
        ASSERT_LE(op_scratch_size(config, {B, T, 3}), op_scratch_size(config, planned)) << B << T;
  }
}

}  // namespace
}  // namespace clearformer
