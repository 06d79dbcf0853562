#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "tests/engine/support/engine_check.h"

namespace clearformer {
namespace {

using Piece = std::pair<std::int64_t, std::int64_t>;

struct Range {
  std::int64_t begin, end, grain;
};

const std::vector<Range>& ranges() {
  static const std::vector<Range> ranges = {
      {0, 1, 1},   {0, 7, 1},   {0, 7, 3},        {0, 9, 3},    {0, 9, 4},
      {0, 5, 100}, {-3, 11, 5}, {1000, 1017, 16}, {0, 1000, 7}, {0, 4096, 1},
  };
  return ranges;
}

class ThreadPoolTest : public testing::TestWithParam<int> {
 protected:
  ThreadPool pool_{GetParam()};
};

TEST_P(ThreadPoolTest, HasThatManyThreads) {
  EXPECT_EQ(pool_.n_threads(), GetParam());
}

TEST_P(ThreadPoolTest, EveryIndexOnce) {
  for (const Range& range : ranges()) {
    std::vector<std::atomic<int>> calls(range.end - range.begin);
    std::atomic<bool> workers_in_range = true;
    pool_.parallel_for(range.begin, range.end, range.grain,
                       [&](std::int64_t first, std::int64_t last, int worker) {
                         if (worker < 0 || worker >= GetParam()) workers_in_range = false;
                         for (std::int64_t i = first; i < last; ++i) ++calls[i - range.begin];
                       });
    for (const auto& count : calls) ASSERT_EQ(count, 1);
    EXPECT_TRUE(workers_in_range);
  }
}

// Pieces are cut from the front, `grain` long, whoever takes them.
TEST_P(ThreadPoolTest, PiecesDependOnTheGrainAlone) {
  for (const Range& range : ranges()) {
    std::mutex mutex;
    std::set<Piece> pieces, expected;
    pool_.parallel_for(range.begin, range.end, range.grain,
                       [&](std::int64_t first, std::int64_t last, int) {
                         const std::lock_guard lock(mutex);
                         pieces.insert({first, last});
                       });
    for (std::int64_t i = range.begin; i < range.end; i += range.grain)
      expected.insert({i, std::min(i + range.grain, range.end)});
    EXPECT_EQ(pieces, expected);
  }
}

TEST_P(ThreadPoolTest, AnEmptyRangeCallsNothing) {
  auto never = [](std::int64_t, std::int64_t, int) { ADD_FAILURE(); };
  pool_.parallel_for(0, 0, 1, never);
  pool_.parallel_for(5, 3, 2, never);
}

// What one job wrote, the next one reads, on whatever thread: 2000 jobs in a row.
TEST_P(ThreadPoolTest, JobsFollowOneAnother) {
  constexpr std::int64_t kSize = 23;
  constexpr int kJobs = 2000;
  std::vector<std::int64_t> values(kSize);
  for (int job = 0; job < kJobs; ++job) {
    pool_.parallel_for(0, kSize, 2, [&](std::int64_t first, std::int64_t last, int) {
      for (std::int64_t i = first; i < last; ++i) ++values[(i * 7 + job) % kSize];
    });
    values[job % kSize] += 3;  // between jobs the caller may write
  }
  std::int64_t sum = 0;
  for (const std::int64_t value : values) sum += value;
  EXPECT_EQ(sum, kJobs * (kSize + 3));
}

// A worker's index is its own while it has a piece: scratch memory is never shared.
TEST_P(ThreadPoolTest, AWorkerIndexIsUsedByOneThreadAtATime) {
  std::vector<std::atomic<bool>> taken(GetParam());
  std::atomic<bool> shared = false;
  pool_.parallel_for(0, 3000, 1, [&](std::int64_t, std::int64_t, int worker) {
    if (taken[worker].exchange(true)) shared = true;
    taken[worker] = false;
  });
  EXPECT_FALSE(shared);
}

INSTANTIATE_TEST_SUITE_P(Threads, ThreadPoolTest, testing::ValuesIn(test::thread_counts()),
                         testing::PrintToStringParamName());

TEST(ThreadPool, StartsAndEndsWithoutAJob) {
  for (int i = 0; i < 20; ++i) ThreadPool pool(test::thread_counts().back());
}

}  // namespace
}  // namespace clearformer
