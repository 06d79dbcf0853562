#include "text/word_splitter.h"

#include "text/utf8.h"

namespace clearformer {

WordSplitter::Character WordSplitter::character_at(std::string_view text,
                                                   std::size_t offset) const {
  const Utf8Step step = decode_utf8_at(text, offset);
  const bool whole = step.fault == Utf8Fault::none;
  return {whole ? classes_.of(step.character) : CharacterClass::other, step.length};
}

std::string_view WordSplitter::first_word(std::string_view text) const {
  using enum CharacterClass;
  for (const std::string_view ending : {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"})
    if (text.starts_with(ending)) return text.substr(0, ending.size());

  // A single space joins the letters, numbers or signs after it.
  const bool joins = text[0] == ' ' && text.size() > 1 && character_at(text, 1).kind != space;
  std::size_t end = joins ? 1 : 0, last = 0;  // of the word; where its last character begins
  const CharacterClass kind = character_at(text, end).kind;
  while (end < text.size()) {
    const Character next = character_at(text, end);
    if (next.kind != kind || end + next.length > kMaxWordBytes) break;
    last = end;
    end += next.length;
  }
  // Of several spaces the last is left to what follows them.
  const bool leaves_one =
      kind == space && last > 0 && end < text.size() && character_at(text, end).kind != space;
  return text.substr(0, leaves_one ? last : end);
}

}  // namespace clearformer
