#include "text/utf8.h"

#include <algorithm>

#include "text/words.h"

namespace clearformer {
namespace {

bool is_continuation(unsigned char byte) {
  return (byte & 0xC0) == 0x80;
}

// How the second byte of a character is bounded by its first.
struct Lead {
  int length;  // of the character; 0 where the byte starts none
  unsigned char low = 0x80, high = 0xBF;
  Utf8Fault fault = Utf8Fault::continuation;  // of a continuation byte out of [low, high]
};

Lead lead_of(unsigned char byte) {
  if (byte < 0x80) return {1};
  if (byte < 0xC2) return {0};  // a continuation byte, or an overlong form of ASCII
  if (byte < 0xE0) return {2};
  if (byte == 0xE0) return {3, 0xA0, 0xBF, Utf8Fault::overlong};
  if (byte == 0xED) return {3, 0x80, 0x9F, Utf8Fault::surrogate};
  if (byte < 0xF0) return {3};
  if (byte == 0xF0) return {4, 0x90, 0xBF, Utf8Fault::overlong};
  if (byte < 0xF4) return {4};
  if (byte == 0xF4) return {4, 0x80, 0x8F, Utf8Fault::too_large};
  return {0};
}

// "byte 0xFF" or "bytes 0xE2 0x28".
std::string describe_bytes(std::string_view bytes) {
  std::string words = bytes.size() == 1 ? "byte" : "bytes";
  for (const char byte : bytes) words += " " + hex_byte(static_cast<unsigned char>(byte));
  return words;
}

}  // namespace

Utf8Step decode_utf8_at(std::string_view bytes, std::size_t offset) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[offset + i]); };
  const unsigned char first = at(0);
  const Lead lead = lead_of(first);
  if (lead.length == 1) return {first, 1, Utf8Fault::none};
  if (lead.length == 0) return {kReplacementCharacter, 1, Utf8Fault::start};

  char32_t character = first & (0x7F >> lead.length);
  for (int i = 1; i < lead.length; ++i) {
    if (offset + i == bytes.size()) return {kReplacementCharacter, i, Utf8Fault::cut};
    const unsigned char byte = at(i);
    if (!is_continuation(byte)) return {kReplacementCharacter, i, Utf8Fault::continuation};
    if (i == 1 && (byte < lead.low || byte > lead.high)) {
      return {kReplacementCharacter, 1, lead.fault};
    }
    character = character << 6 | (byte & 0x3F);
  }
  return {character, lead.length, Utf8Fault::none};
}

std::string describe_position(std::string_view bytes, std::size_t offset) {
  const auto end = bytes.begin() + static_cast<std::ptrdiff_t>(offset);
  const auto line = std::count(bytes.begin(), end, '\n') + 1;
  return "offset " + with_commas(offset) + " (line " +
         with_commas(static_cast<std::uint64_t>(line)) + ")";
}

Error utf8_error(std::string_view bytes, std::size_t offset) {
  const Utf8Step step = decode_utf8_at(bytes, offset);
  CHECK(step.fault != Utf8Fault::none);
  // The byte at which it breaks is shown too, unless it is the first.
  const bool alone = step.fault == Utf8Fault::start || step.fault == Utf8Fault::cut;
  const std::string_view found = bytes.substr(offset, step.length + (alone ? 0 : 1));
  const char* reason = "";
  switch (step.fault) {
    case Utf8Fault::none:
      break;
    case Utf8Fault::start:
      reason = "cannot start a character";
      break;
    case Utf8Fault::continuation:
      reason = "do not make a character";
      break;
    case Utf8Fault::overlong:
      reason = "are an overlong form of a character";
      break;
    case Utf8Fault::surrogate:
      reason = "are half of a surrogate pair";
      break;
    case Utf8Fault::too_large:
      reason = "are beyond the last character, U+10FFFF";
      break;
    case Utf8Fault::cut:
      reason = found.size() == 1 ? "is the start of a character that is cut off"
                                 : "are the start of a character that is cut off";
      break;
  }
  return {"text", "",
          "This is not UTF-8 text: " + describe_bytes(found) + " at " +
              describe_position(bytes, offset) + " " + reason + "."};
}

Status check_utf8(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    const Utf8Step step = decode_utf8_at(bytes, i);
    if (step.fault != Utf8Fault::none) return utf8_error(bytes, i);
    i += step.length;
  }
  return {};
}

Result<std::u32string> decode_utf8(std::string_view bytes) {
  std::u32string characters;
  for (std::size_t i = 0; i < bytes.size();) {
    const Utf8Step step = decode_utf8_at(bytes, i);
    if (step.fault != Utf8Fault::none) return utf8_error(bytes, i);
    characters.push_back(step.character);
    i += step.length;
  }
  return characters;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return !is_continuation(static_cast<unsigned char>(byte));
  }));
}

void append_utf8(char32_t character, std::string& out) {
  const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  CHECK(character <= 0x10FFFF && !surrogate);
  const auto tail = [&](int shift) {
    out.push_back(static_cast<char>(0x80 | (character >> shift & 0x3F)));
  };
  if (character < 0x80) {
    out.push_back(static_cast<char>(character));
  } else if (character < 0x800) {
    out.push_back(static_cast<char>(0xC0 | character >> 6));
    tail(0);
  } else if (character < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | character >> 12));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xF0 | character >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

std::string encode_utf8(char32_t character) {
  std::string out;
  append_utf8(character, out);
  return out;
}

std::string_view without_byte_order_mark(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  return text.starts_with(kMark) ? text.substr(kMark.size()) : text;
}

}  // namespace clearformer
