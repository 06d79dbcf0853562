#pragma once

#include <cstring>
#include <set>
#include <string>

#include "io/gguf.h"
#include "tests/fuzz/input.h"

// Reads a GGUF file as its description says (ggml, docs/gguf.md) and CHECKs that nothing reaches
// beyond it, overlaps, or stands where it may not.
namespace clearformer::fuzz {

class GgufReader {
 public:
  explicit GgufReader(Bytes file) : file_(file) {}

  void check(std::size_t n_metadata, std::size_t n_tensors) {
    CHECK(number<std::uint32_t>() == 0x46554747);  // "GGUF"
    CHECK(number<std::uint32_t>() == 3);
    CHECK(number<std::uint64_t>() == n_tensors);
    CHECK(number<std::uint64_t>() == n_metadata);
    for (std::size_t i = 0; i < n_metadata; ++i) {
      CHECK(keys_.insert(text()).second);
      value(number<std::uint32_t>());
    }
    std::uint64_t end = 0;
    for (std::size_t i = 0; i < n_tensors; ++i) end = tensor(end);
    CHECK(aligned(at_) + end == file_.size());
  }

 private:
  template <class T>
  T number() {
    T value{};
    CHECK(sizeof value <= file_.size() - at_);
    std::memcpy(&value, &file_[at_], sizeof value);
    at_ += sizeof value;
    return value;
  }
  std::string text() {
    const auto size = number<std::uint64_t>();
    CHECK(size <= file_.size() - at_);
    at_ += size;
    return std::string(text_of(file_.subspan(at_ - size, size)));
  }
  void value(std::uint32_t type) {
    if (type == 4 || type == 5 || type == 6) {
      number<std::uint32_t>();
    } else if (type == 7) {
      CHECK(number<std::uint8_t>() <= 1);
    } else if (type == 8) {
      text();
    } else {
      CHECK(type == 9);
      const auto element = number<std::uint32_t>();
      CHECK(element != 9);
      for (auto left = number<std::uint64_t>(); left > 0; --left) value(element);
    }
  }
  // The tensors follow one another: this one begins at `begin` of the data. Where the next does.
  std::uint64_t tensor(std::uint64_t begin) {
    CHECK(names_.insert(text()).second);
    std::uint64_t values = 1;
    for (auto left = number<std::uint32_t>(); left > 0; --left) values *= number<std::uint64_t>();
    const auto type = static_cast<GgufType>(number<std::uint32_t>());
    CHECK(number<std::uint64_t>() == begin);
    const std::uint64_t bytes = type == GgufType::f32   ? 4 * values
                                : type == GgufType::f16 ? 2 * values
                                                        : values / kGgufBlock * (2 + kGgufBlock);
    return aligned(begin + bytes);
  }
  static std::uint64_t aligned(std::uint64_t at) { return (at + 31) / 32 * 32; }

  Bytes file_;
  std::size_t at_ = 0;
  std::set<std::string> keys_, names_;
};

}  // namespace clearformer::fuzz
