#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/result.h"
#include "text/utf8.h"

// What all fuzz targets share. A target CHECKs what must hold of any bytes; libFuzzer reports a
// CHECK that fails, like a crash, as a finding.
namespace clearformer::fuzz {

using Bytes = std::span<const std::uint8_t>;

inline std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// An error is one sentence, of a length that a person reads, whatever the input was.
inline void check_sentence(const Error& error) {
  const std::string& message = error.message;
  const bool sentence = message.size() > 10 && message.size() < 2000 &&
                        (message.ends_with('.') || message.ends_with('?')) &&
                        message.find('\n') == std::string::npos && check_utf8(message).ok();
  if (!sentence) std::fprintf(stderr, "The error is no sentence: %s\n", message.c_str());
  CHECK(sentence && !error.code.empty());
}

// Whether it is a value; if not, its error has been checked.
template <class R>
bool taken(const R& result) {
  if (!result.ok()) check_sentence(result.error());
  return result.ok();
}

// Stands between the parts of an input that is several files.
inline constexpr std::string_view kBetween = "\n~~~\n";

// The parts of an input, `most` of them at most: the last one takes what is left.
inline std::vector<std::string_view> parts_of(Bytes input, std::size_t most) {
  std::vector<std::string_view> parts;
  std::string_view rest = text_of(input);
  while (parts.size() + 1 < most) {
    const std::size_t end = rest.find(kBetween);
    if (end == std::string_view::npos) break;
    parts.push_back(rest.substr(0, end));
    rest.remove_prefix(end + kBetween.size());
  }
  parts.push_back(rest);
  return parts;
}

}  // namespace clearformer::fuzz

// The body of a target: FUZZ(input) { ... }
#define FUZZ(input)                                                                   \
  static void fuzz_one(clearformer::fuzz::Bytes input);                               \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
    fuzz_one({data, size});                                                           \
    return 0;                                                                         \
  }                                                                                   \
  static void fuzz_one(clearformer::fuzz::Bytes input)
