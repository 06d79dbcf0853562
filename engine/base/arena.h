#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "base/check.h"

namespace clearformer {

// A block of memory that is planned, taken once and handed out in slices; zero at first. Nothing is
// freed before the whole.
class Arena {
 public:
  static constexpr std::int64_t kAlignment = 64;  // a cache line, and the widest vector

  // Bytes that a slice of so many bytes takes up.
  static std::int64_t aligned(std::int64_t bytes) {
    return (bytes + kAlignment - 1) / kAlignment * kAlignment;
  }

  // False where the system does not give that much.
  [[nodiscard]] bool allocate(std::int64_t bytes);

  // REQUIRES: allocate() gave enough.
  template <class T>
  T* take(std::int64_t count) {
    const std::int64_t bytes = aligned(count * static_cast<std::int64_t>(sizeof(T)));
    CHECK(used_ + bytes <= size_);
    T* const slice = reinterpret_cast<T*>(memory_.get() + used_);
    used_ += bytes;
    return slice;
  }

  std::int64_t size() const { return size_; }
  std::int64_t used() const { return used_; }

 private:
  struct Free {
    void operator()(std::byte* memory) const { std::free(memory); }
  };
  std::unique_ptr<std::byte, Free> memory_;
  std::int64_t size_ = 0, used_ = 0;
};

}  // namespace clearformer
