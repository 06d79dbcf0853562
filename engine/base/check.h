#pragma once

namespace clearformer {

// Says what does not hold and stops. Out of line, because a check is in every accessor.
[[noreturn]] void check_failed(const char* file, int line, const char* condition);

}  // namespace clearformer

// A programmer's mistake, never an input's: stops at once and names the condition. What a user, a
// file or a link can cause is an Error (base/result.h).
#define CHECK(condition)                                           \
  do {                                                             \
    if (!(condition)) [[unlikely]]                                 \
      ::clearformer::check_failed(__FILE__, __LINE__, #condition); \
  } while (false)
