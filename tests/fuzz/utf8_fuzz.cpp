// Any bytes as UTF-8, against a decoder that knows only how characters are encoded.
#include "tests/fuzz/input.h"
#include "text/corpus.h"
#include "text/tokenizer.h"
#include "text/utf8.h"
#include "text/words.h"

namespace clearformer {
namespace {

// The bytes of the character at the beginning, 0 where there is none: the one whose encoding
// stands there.
std::size_t character_length(std::string_view bytes) {
  static constexpr unsigned char kMarks[] = {0x00, 0xC0, 0xE0, 0xF0},
                                 kMasks[] = {0x7F, 0x1F, 0x0F, 0x07};
  for (std::size_t length = 1; length <= 4 && length <= bytes.size(); ++length) {
    const auto first = static_cast<unsigned char>(bytes[0]);
    if ((first & ~kMasks[length - 1] & 0xFF) != kMarks[length - 1]) continue;
    char32_t character = first & kMasks[length - 1];
    for (std::size_t i = 1; i < length; ++i)
      character = character << 6 | (static_cast<unsigned char>(bytes[i]) & 0x3F);
    const bool scalar = character <= 0x10FFFF && (character < 0xD800 || character > 0xDFFF);
    if (scalar && encode_utf8(character) == bytes.substr(0, length)) return length;
  }
  return 0;
}

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = character_length(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

// What is broken is replaced, what is not stays, wherever it is cut.
void check_stream(std::string_view bytes) {
  const Result<Tokenizer> tokenizer = make_tokenizer("byte", "");
  StreamDecoder stream(tokenizer.value());
  std::string streamed, whole;
  for (const char byte : bytes) streamed += stream.push(static_cast<unsigned char>(byte));
  streamed += stream.flush();
  for (std::size_t i = 0; i < bytes.size();) {
    const Utf8Step step = decode_utf8_at(bytes, i);
    CHECK(step.length >= 1 && i + static_cast<std::size_t>(step.length) <= bytes.size());
    append_utf8(step.character, whole);
    i += static_cast<std::size_t>(step.length);
  }
  CHECK(streamed == whole);
  CHECK(check_utf8(whole).ok());
}

FUZZ(input) {
  const std::string_view bytes = fuzz::text_of(input);
  const Result<std::u32string> decoded = decode_utf8(bytes);
  CHECK(fuzz::taken(decoded) == is_utf8(bytes));
  CHECK(check_utf8(bytes).ok() == decoded.ok());
  check_stream(bytes);
  CHECK(is_utf8(in_quotes(bytes)));
  fuzz::taken(check_text(bytes));
  if (!decoded.ok()) return;
  std::string again;
  for (const char32_t character : decoded.value()) append_utf8(character, again);
  CHECK(again == bytes);
  CHECK(count_characters(bytes) == decoded.value().size());
  const Result<Tokenizer> characters = make_tokenizer("char", bytes);
  if (!fuzz::taken(characters)) return;
  const std::string_view text = without_byte_order_mark(bytes);
  const Result<std::vector<Token>> tokens = characters.value().encode(text);
  CHECK(tokens.ok() && characters.value().decode(tokens.value()) == text);
}

}  // namespace
}  // namespace clearformer
