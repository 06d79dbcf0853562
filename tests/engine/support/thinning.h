#pragma once

#include <cstddef>

namespace clearformer::test {

// What a test goes through by the thousand, it goes through each seventh of with a sanitizer, which
// sees in those whatever it would see in all, and takes ten times as long for each.
#ifdef CLEARFORMER_SANITIZE
constexpr std::size_t kEach = 7;
#else
constexpr std::size_t kEach = 1;
#endif

}  // namespace clearformer::test
