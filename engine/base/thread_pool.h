#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

#include "base/check.h"

namespace clearformer {

inline constexpr int kMaxThreads = 64;

// A persistent pool. Its threads start with it and end with it.
//
// parallel_for is the only threading construct that an op sees. How work is cut depends on its size
// and grain alone, never on how many threads there are; which thread takes a piece does not matter
// to the result.
class ThreadPool {
 public:
  // n_threads counts the caller; 1 makes no thread. REQUIRES: 1 <= n_threads <= kMaxThreads.
  explicit ThreadPool(int n_threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int n_threads() const { return static_cast<int>(threads_.size()) + 1; }

  // Calls fn(first, last, worker) over [begin, end) in pieces of `grain` (the last may be shorter)
  // and returns when all are done. worker is in [0, n_threads()): an index for scratch memory.
  // Not reentrant: fn must not call parallel_for of the same pool.
  template <class Fn>
  void parallel_for(std::int64_t begin, std::int64_t end, std::int64_t grain, Fn&& fn) {
    // A plain function pointer and a context pointer: nothing is allocated for a call, and fn is
    // compiled once, however many threads there are.
    const auto call = [](void* context, std::int64_t first, std::int64_t last, int worker) {
      (*static_cast<std::remove_reference_t<Fn>*>(context))(first, last, worker);
    };
    run({end, grain, call, &fn}, begin);
  }

 private:
  struct Job {
    std::int64_t end = 0, grain = 1;
    void (*call)(void*, std::int64_t, std::int64_t, int) = nullptr;
    void* context = nullptr;
  };

  void run(const Job& job, std::int64_t begin);
  void work(const Job& job, int worker);
  void loop(int worker);

  std::vector<std::thread> threads_;
  Job job_;                             // written before the gate opens, read by who has joined
  std::atomic<std::int64_t> next_{0};   // first index that nobody has taken
  std::atomic<std::uint64_t> gate_{0};  // of the current job: see thread_pool.cpp
  std::atomic<int> sleeping_{0};        // threads in wake_
  std::atomic<bool> stop_{false};
  std::mutex mutex_;  // with wake_: for threads that have waited long
  std::condition_variable wake_;
};

}  // namespace clearformer
