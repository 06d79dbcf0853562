// The reference's optimizer and schedule where the golden cases do not reach.
#include <gtest/gtest.h>

#include "reference/adamw.h"
#include "reference/schedule.h"
#include "tests/engine/support/random.h"

namespace clearformer {
namespace {

using reference::Index;

TEST(ReferenceSchedule, RisesDescendsAndStays) {
  const reference::Schedule schedule{.lr = 1.0, .min_lr = 0.25, .warmup_steps = 4, .steps = 12};
  const auto lr = [&](Index it) { return reference::learning_rate(schedule, it); };
  EXPECT_DOUBLE_EQ(lr(0), 1.0 / 5.0);
  EXPECT_DOUBLE_EQ(lr(3), 4.0 / 5.0);
  EXPECT_DOUBLE_EQ(lr(4), 1.0);
  EXPECT_DOUBLE_EQ(lr(8), (1.0 + 0.25) / 2.0);  // halfway down
  EXPECT_DOUBLE_EQ(lr(12), 0.25);
  EXPECT_DOUBLE_EQ(lr(1000), 0.25);
  for (Index it = 4; it < 12; ++it) EXPECT_GT(lr(it), lr(it + 1));
}

TEST(ReferenceSchedule, WorksWithoutWarmUpAndWithNothingElse) {
  EXPECT_DOUBLE_EQ(reference::learning_rate({1.0, 0.25, 0, 10}, 0), 1.0);
  EXPECT_DOUBLE_EQ(reference::learning_rate({1.0, 0.25, 10, 10}, 9), 10.0 / 11.0);
  EXPECT_DOUBLE_EQ(reference::learning_rate({1.0, 0.25, 10, 10}, 10), 0.25);
  EXPECT_DOUBLE_EQ(reference::learning_rate({1.0, 0.25, 20, 10}, 10), 11.0 / 21.0);
}

TEST(ReferenceClip, ScalesWhatIsLongerThanTheLimitOnly) {
  const std::vector<double> gradients = {3.0, 0.0, -4.0};  // norm 5
  const auto clipped = [&](double max_norm) {
    std::vector<double> out = gradients;
    EXPECT_DOUBLE_EQ(reference::clip_gradients(out.data(), max_norm, 3), 5.0);
    return out;
  };
  EXPECT_EQ(clipped(0.0), gradients);  // no limit
  EXPECT_EQ(clipped(6.0), gradients);
  const auto half = clipped(2.5);
  for (int i = 0; i < 3; ++i) EXPECT_DOUBLE_EQ(half[i], gradients[i] * 2.5 / (5.0 + 1e-6));
}

// With no gradient at all nothing moves but by decay: matrices shrink, vectors stay.
TEST(ReferenceAdamW, DecaysMatricesOnly) {
  const ModelConfig config{1, 1, 3, 2, 5, true, 0.0f};
  const double lr = 0.5, weight_decay = 0.25;
  const std::vector<double> gradients(parameter_count(config), 0.0);
  const auto before = test::Random(12).normals<double>(parameter_count(config));
  auto after = before;
  reference::AdamWState<double> state;
  reference::adamw_step(after.data(), state, gradients.data(), lr, {.weight_decay = weight_decay},
                        config);
  Index i = 0;
  for (const ParameterInfo& info : parameter_list(config)) {
    const bool is_matrix =
        info.name.starts_with("w") ||  // wte, wpe
        (info.name.ends_with(".weight") && info.name.find("ln_") == std::string::npos);
    for (const Index end = i + info.size(); i < end; ++i) {
      EXPECT_DOUBLE_EQ(after[i], is_matrix ? before[i] * (1.0 - lr * weight_decay) : before[i])
          << info.name;
    }
  }
}

}  // namespace
}  // namespace clearformer
