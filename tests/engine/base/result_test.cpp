#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace clearformer {
namespace {

Result<std::unique_ptr<int>> half(int x) {
  if (x % 2 != 0) return Error{"setting", "x", "x is odd; it must be even."};
  return std::make_unique<int>(x / 2);
}

TEST(Result, HoldsAValueOrAnError) {
  Result<std::unique_ptr<int>> good = half(6);
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(*good.value(), 3);
  const std::unique_ptr<int> moved = std::move(good.value());  // a value may be moved out
  EXPECT_EQ(*moved, 3);

  const Result<std::unique_ptr<int>> bad = half(5);
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().code, "setting");
  EXPECT_EQ(bad.error().where, "x");
  EXPECT_EQ(bad.error().message, "x is odd; it must be even.");
}

TEST(Status, IsGoodUnlessAnErrorSaysOtherwise) {
  EXPECT_TRUE(Status().ok());
  const Status bad = Error{"file", "", "gone"};
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().message, "gone");
}

#if GTEST_HAS_DEATH_TEST
TEST(ResultDeathTest, AskingForWhatIsNotThereStops) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(half(5).value(), "CHECK failed");
  EXPECT_DEATH((void)half(4).error(), "CHECK failed");
  EXPECT_DEATH((void)Status().error(), "CHECK failed");
}
#endif

}  // namespace
}  // namespace clearformer
