#include "tests/engine/support/allocations.h"

#ifdef CLEARFORMER_SANITIZE
#include <sanitizer/allocator_interface.h>
#endif

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace clearformer::test {
namespace {

std::atomic<std::int64_t> count{0}, live{0};

}  // namespace

std::int64_t allocation_count() {
  return count;
}
std::int64_t live_bytes() {
  return live;
}

}  // namespace clearformer::test

#ifdef CLEARFORMER_SANITIZE

// The sanitizer's own operator new knows more of a block than one of ours, and tells.
namespace clearformer::test {
namespace {

void taken(const volatile void*, std::size_t size) {
  count += 1;
  live += static_cast<std::int64_t>(size);
}
void freed(const volatile void* block) {
  live -= static_cast<std::int64_t>(__sanitizer_get_allocated_size(block));
}

// Tests that ask for too much memory are refused it, as without a sanitizer.
constexpr const char* kOptions = "allocator_may_return_null=1";

[[maybe_unused]] const int installed = __sanitizer_install_malloc_and_free_hooks(taken, freed);

}  // namespace
}  // namespace clearformer::test

extern "C" const char* __asan_default_options() {
  return clearformer::test::kOptions;
}
extern "C" const char* __tsan_default_options() {
  return clearformer::test::kOptions;
}

#else

namespace {

// A block's size stands before it.
constexpr std::size_t kHeader = alignof(std::max_align_t);

}  // namespace

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

#endif
