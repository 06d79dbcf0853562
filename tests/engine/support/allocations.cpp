#include "tests/engine/support/allocations.h"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace clearformer::test {
namespace {

std::atomic<std::int64_t> count{0}, live{0};

// A block's size stands before it.
constexpr std::size_t kHeader = alignof(std::max_align_t);

}  // namespace

std::int64_t allocation_count() {
  return count;
}
std::int64_t live_bytes() {
  return live;
}

}  // namespace clearformer::test

void* operator new(std::size_t size) {
  using namespace clearformer::test;
  auto* const block = static_cast<std::byte*>(std::malloc(size + kHeader));
  if (block == nullptr) std::abort();
  *reinterpret_cast<std::size_t*>(block) = size;
  count += 1;
  live += static_cast<std::int64_t>(size);
  return block + kHeader;
}

void operator delete(void* pointer) noexcept {
  using namespace clearformer::test;
  if (pointer == nullptr) return;
  auto* const block = static_cast<std::byte*>(pointer) - kHeader;
  live -= static_cast<std::int64_t>(*reinterpret_cast<std::size_t*>(block));
  std::free(block);
}

void operator delete(void* pointer, std::size_t) noexcept {
  operator delete(pointer);
}
