#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace clearformer {

// FNV-1a, 64 bits (Fowler, Noll, Vo; draft-eastlake-fnv). It finds every change of a single byte
// and is no protection against somebody who wants it to fit.
class Checksum {
 public:
  void add(std::span<const std::uint8_t> bytes) {
    for (const std::uint8_t byte : bytes) hash_ = (hash_ ^ byte) * 0x100000001B3;
  }
  void add_number(std::uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) {
      const auto byte = static_cast<std::uint8_t>(number >> shift);
      add({&byte, 1});
    }
  }
  // These two put the length first.
  void add_bytes(std::span<const std::uint8_t> bytes) {
    add_number(bytes.size());
    add(bytes);
  }
  void add_string(std::string_view text) {
    add_bytes({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }

  std::string hex() const {  // 16 digits
    std::string digits;
    for (int shift = 60; shift >= 0; shift -= 4) digits += "0123456789abcdef"[hash_ >> shift & 15];
    return digits;
  }

 private:
  std::uint64_t hash_ = 0xCBF29CE484222325;
};

}  // namespace clearformer
