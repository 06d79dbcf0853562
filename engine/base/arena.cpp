#include "base/arena.h"

#include <cstring>
#include <limits>

namespace clearformer {

bool Arena::allocate(std::int64_t bytes) {
  CHECK(bytes >= 0 && size_ == 0);
  bytes = aligned(bytes);
  if (static_cast<std::uint64_t>(bytes) > std::numeric_limits<std::size_t>::max() / 2) return false;
  memory_.reset(static_cast<std::byte*>(std::aligned_alloc(kAlignment, bytes)));
  if (memory_ == nullptr && bytes > 0) return false;
  std::memset(memory_.get(), 0, bytes);
  size_ = bytes;
  return true;
}

}  // namespace clearformer
