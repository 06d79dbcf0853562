#pragma once

#include <cstdint>

// What the program takes from operator new, counted by tests/engine/support/allocations.cpp.
namespace clearformer::test {

std::int64_t allocation_count();  // so far, freed ones included
std::int64_t live_bytes();        // taken and not freed

}  // namespace clearformer::test
