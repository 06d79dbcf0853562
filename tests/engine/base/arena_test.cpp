#include "base/arena.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace clearformer {
namespace {

TEST(Arena, SlicesAreAlignedApartAndZero) {
  Arena arena;
  const std::int64_t planned =
      Arena::aligned(3) + Arena::aligned(17 * 8) + Arena::aligned(0) + Arena::aligned(64 * 4);
  ASSERT_TRUE(arena.allocate(planned));
  EXPECT_EQ(arena.size(), planned);
  char* const bytes = arena.take<char>(3);
  double* const doubles = arena.take<double>(17);
  char* const nothing = arena.take<char>(0);
  float* const floats = arena.take<float>(64);
  for (const void* slice : {static_cast<void*>(bytes), static_cast<void*>(doubles),
                            static_cast<void*>(nothing), static_cast<void*>(floats)})
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(slice) % Arena::kAlignment, 0u);
  for (int i = 0; i < 17; ++i) EXPECT_EQ(doubles[i], 0);
  for (int i = 0; i < 64; ++i) EXPECT_EQ(floats[i], 0);
  EXPECT_GE(reinterpret_cast<char*>(doubles), bytes + 3);
  EXPECT_GE(reinterpret_cast<char*>(floats), reinterpret_cast<char*>(doubles + 17));
  EXPECT_EQ(arena.used(), planned);
}

TEST(Arena, AlignedRoundsUpToCacheLines) {
  EXPECT_EQ(Arena::aligned(0), 0);
  EXPECT_EQ(Arena::aligned(1), 64);
  EXPECT_EQ(Arena::aligned(64), 64);
  EXPECT_EQ(Arena::aligned(65), 128);
}

TEST(Arena, SaysWhereThereIsNotThatMuch) {
  Arena arena;
  EXPECT_FALSE(arena.allocate(std::numeric_limits<std::int64_t>::max() / 4));
  EXPECT_EQ(arena.size(), 0);
  EXPECT_TRUE(arena.allocate(64));  // as good as new
}

TEST(ArenaDeathTest, RefusesMoreThanWasPlanned) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Arena arena;
  ASSERT_TRUE(arena.allocate(64));
  arena.take<float>(16);
#if GTEST_HAS_DEATH_TEST
  EXPECT_DEATH(arena.take<float>(1), "CHECK failed");
#endif
  EXPECT_EQ(arena.used(), 64);
}

}  // namespace
}  // namespace clearformer
