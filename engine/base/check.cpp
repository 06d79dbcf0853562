#include "base/check.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace clearformer {

void check_failed(const char* file, int line, const char* condition) {
  const std::string at = ":" + std::to_string(line) + ": CHECK failed: ";
  for (const char* const words : {file, at.c_str(), condition, "\n"}) std::fputs(words, stderr);
  std::abort();
}

}  // namespace clearformer
