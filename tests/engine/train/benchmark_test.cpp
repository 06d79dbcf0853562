#include "train/benchmark.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/engine/support/runs.h"

namespace clearformer {
namespace {

// A clock that moves by the work alone, and tells it in hundreds of microseconds.
struct CoarseClock {
  using time_point = std::chrono::time_point<CoarseClock, std::chrono::nanoseconds>;
  static constexpr std::chrono::nanoseconds kTick{100'000};
  static inline std::chrono::nanoseconds passed{0};
  static time_point now() { return time_point(passed / kTick * kTick); }
};

TEST(RateOf, IsToldByAClockThatIsCoarserThanTheWork) {
  for (const int nanoseconds : {1, 70, 99'999, 100'000, 3'000'001, 50'000'000}) {
    const double rate = rate_of<CoarseClock>([&] {
      CoarseClock::passed += std::chrono::nanoseconds(nanoseconds);
      return 3;
    });
    // Off by a tick at most of at least twenty.
    EXPECT_NEAR(rate * nanoseconds / 3e9, 1, 0.051) << nanoseconds;
  }
}

TEST(MeasureSpeed, IsQuickHoweverLargeTheRecipe) {
  Recipe recipe;
  recipe.n_layer = 48;
  recipe.n_head = 64;
  recipe.n_embd = 4096;
  recipe.block_size = 4096;
  recipe.batch_size = 4096;
  recipe.grad_accum_steps = 1024;
  Recipe llama = recipe;
  llama.position = "rotary";
  llama.activation = "swiglu";
  llama.n_head = 6;
  llama.n_embd = 4092;
  llama.n_kv_head = 2;
  for (const Recipe& each : {recipe, llama, test::small_recipe(), Recipe()}) {
    const Result<double> speed = measure_speed(each, {.pool = test::pool_of(1)}, 0.001);
    ASSERT_TRUE(speed.ok()) << speed.error().message;
    EXPECT_GT(speed.value(), 1e6);
    EXPECT_LT(speed.value(), 1e13);
  }
}

TEST(MeasureSpeed, RefusesWhatIsNoRecipe) {
  Recipe recipe;
  recipe.n_head = 3;
  EXPECT_EQ(measure_speed(recipe, {.pool = test::pool_of(1)}, 0.001).error().where, "n_embd");
}

}  // namespace
}  // namespace clearformer
