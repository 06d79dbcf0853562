#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/bpe.h"

namespace clearformer {

// GPT-2's way to write bytes as characters that can be seen (openai/gpt-2, encoder.py,
// bytes_to_unicode): printable Latin-1 stands for itself, the 68 other bytes for U+0100 and on.
char32_t byte_letter(unsigned char byte);
std::string in_byte_letters(std::string_view bytes);

// The merges of pairs of bytes in these letters, in their order: "h e".
std::vector<std::string> merges_in_letters(const Bpe& bpe);

}  // namespace clearformer
