#pragma once

#include <cstdio>
#include <cstdlib>

// A programmer's mistake, never an input's: stops at once and names the condition. What a user, a
// file or a link can cause is an Error (base/result.h).
#define CHECK(condition)                                                                 \
  do {                                                                                   \
    if (!(condition)) [[unlikely]] {                                                     \
      std::fprintf(stderr, "%s:%d: CHECK failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)
