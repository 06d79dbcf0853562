#include "base/thread_pool.h"

#include <algorithm>

namespace clearformer {
namespace {

// Jobs of one step follow one another within microseconds, so a thread first looks again a few
// thousand times before it sleeps. On a busy machine it gives its time away meanwhile.
constexpr int kSpins = 4000;
constexpr int kYields = 50;

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
    ++generation_;
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
  busy_.store(static_cast<int>(threads_.size()), std::memory_order_relaxed);
  {
    const std::lock_guard lock(mutex_);
    generation_.fetch_add(1, std::memory_order_release);
  }
  wake_.notify_all();
  work(job, 0);
  // The caller has just run out of work, so the others are at their last piece: no sleep.
  while (!spin_until([&] { return busy_.load(std::memory_order_acquire) == 0; })) {
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
  std::uint32_t seen = 0;
  for (;;) {
    const auto changed = [&] { return generation_.load(std::memory_order_acquire) != seen; };
    if (!spin_until(changed)) {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, changed);
    }
    seen = generation_.load(std::memory_order_acquire);
    if (stop_) return;
    work(job_, worker);
    busy_.fetch_sub(1, std::memory_order_release);
  }
}

}  // namespace clearformer
