#include "base/thread_pool.h"

#include <algorithm>

namespace clearformer {
namespace {

// Jobs of one step follow one another within microseconds, so a thread first looks again a few
// thousand times before it sleeps. On a busy machine it gives its time away meanwhile.
constexpr int kSpins = 4000;
constexpr int kYields = 50;

// The gate of a job: its number in the upper half, below whether threads may still join, and how
// many are at work. Who comes too late is not waited for: on a busy machine a thread may get no
// core until the others have done its share.
constexpr std::uint64_t kOpen = std::uint64_t{1} << 31;
constexpr std::uint64_t kAtWork = kOpen - 1;
constexpr std::uint64_t number_of(std::uint64_t gate) {
  return gate >> 32;
}

template <class Ready>
bool spin_until(Ready&& ready) {
  for (int i = 0; i < kSpins; ++i) {
    if (ready()) return true;
  }
  for (int i = 0; i < kYields; ++i) {
    if (ready()) return true;
    std::this_thread::yield();
  }
  return false;
}

}  // namespace

ThreadPool::ThreadPool(int n_threads) {
  CHECK(n_threads >= 1 && n_threads <= kMaxThreads);
  threads_.reserve(n_threads - 1);
  for (int worker = 1; worker < n_threads; ++worker) {
    threads_.emplace_back([this, worker] { loop(worker); });
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::run(const Job& job, std::int64_t begin) {
  if (begin >= job.end) return;
  CHECK(job.grain >= 1);
  if (threads_.empty() || job.end - begin <= job.grain) {
    for (std::int64_t first = begin; first < job.end; first += job.grain)
      job.call(job.context, first, std::min(first + job.grain, job.end), 0);
    return;
  }
  job_ = job;
  next_.store(begin, std::memory_order_relaxed);
  // In one order with a sleeper's count and its look at the gate: one of the two sees the other.
  gate_.store((number_of(gate_.load()) + 1) << 32 | kOpen);
  if (sleeping_.load() > 0) {
    {
      const std::lock_guard lock(mutex_);
    }
    wake_.notify_all();
  }
  work(job, 0);
  gate_.fetch_and(~kOpen);
  // Whoever is at work is at its last piece: no sleep.
  while (!spin_until([&] { return (gate_.load(std::memory_order_acquire) & kAtWork) == 0; })) {
  }
}

void ThreadPool::work(const Job& job, int worker) {
  for (;;) {
    const std::int64_t first = next_.fetch_add(job.grain, std::memory_order_relaxed);
    if (first >= job.end) return;
    job.call(job.context, first, std::min(first + job.grain, job.end), worker);
  }
}

void ThreadPool::loop(int worker) {
  std::uint64_t seen = 0;  // the number of the last job joined
  std::uint64_t gate = 0;
  const auto can_join = [&] {
    gate = gate_.load();
    return stop_ || ((gate & kOpen) != 0 && number_of(gate) != seen);
  };
  for (;;) {
    if (!spin_until(can_join)) {
      // Any new job wakes it, even one that is over by then: others follow, and it spins for them.
      const auto has_news = [&] { return stop_ || number_of(gate_.load()) != number_of(gate); };
      std::unique_lock lock(mutex_);
      ++sleeping_;
      wake_.wait(lock, has_news);
      --sleeping_;
      continue;
    }
    if (stop_) return;
    if (!gate_.compare_exchange_strong(gate, gate + 1)) continue;
    seen = number_of(gate);
    work(job_, worker);
    gate_.fetch_sub(1, std::memory_order_release);
  }
}

}  // namespace clearformer
