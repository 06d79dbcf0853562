#pragma once

#include <string>

#include "text/tokenizer.h"
#include "text/utf8.h"
#include "text/words.h"

namespace clearformer::bindings {

// A token to be read: its characters as they are, other bytes as \xE2.
inline std::string token_text(const Tokenizer& tokenizer, Token token) {
  const std::string piece = tokenizer.piece(token);
  std::string text;
  for (std::size_t i = 0; i < piece.size();) {
    const Utf8Step step = decode_utf8_at(piece, i);
    for (const char byte : piece.substr(i, step.length)) {
      if (step.fault == Utf8Fault::none)
        text += byte;
      else
        text += "\\x" + hex_byte(static_cast<unsigned char>(byte)).substr(2);
    }
    i += step.length;
  }
  return text;
}

}  // namespace clearformer::bindings
