#include "exchange/byte_alphabet.h"

#include "text/utf8.h"

namespace clearformer {
namespace {

bool is_printable(int byte) {
  return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

}  // namespace

char32_t byte_letter(unsigned char byte) {
  if (is_printable(byte)) return byte;
  char32_t letter = 0x100;
  for (int before = 0; before < byte; ++before) letter += !is_printable(before);
  return letter;
}

std::string in_byte_letters(std::string_view bytes) {
  std::string letters;
  for (const char byte : bytes) append_utf8(byte_letter(static_cast<unsigned char>(byte)), letters);
  return letters;
}

std::vector<std::string> merges_in_letters(const Bpe& bpe) {
  const auto letters = [&](Token token) {
    std::string piece;
    bpe.append_piece(token, piece);
    return in_byte_letters(piece);
  };
  std::vector<std::string> merges;
  for (const auto& [left, right] : bpe.merges())
    merges.push_back(letters(left) + " " + letters(right));
  return merges;
}

}  // namespace clearformer
