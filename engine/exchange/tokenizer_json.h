#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/token.h"
#include "text/tokenizer.h"

namespace clearformer {

// tokenizer.json, as Hugging Face's tokenizers read it. All of our kinds are a BPE model, which
// without merges gives each symbol of a text its token. The symbols of `byte` and `bpe` are bytes,
// in GPT-2's letters; those of `char` are the text's own characters.
std::string write_tokenizer_json(const Tokenizer& tokenizer);

// Somebody else's tokenizer.
struct ForeignTokenizer {
  Tokenizer tokenizer;        // ours that gives the same tokens
  std::vector<Token> theirs;  // their number of each of our tokens: not all number them as we do
};

// Error "file" where no tokenizer of ours gives the same tokens: the file is broken, it changes the
// text or cuts it otherwise than GPT-2, or not all bytes have a token. Special tokens are kept; a
// text is never read as one.
Result<ForeignTokenizer> read_tokenizer_json(std::string_view json);

}  // namespace clearformer
