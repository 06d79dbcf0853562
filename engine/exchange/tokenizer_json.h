#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "text/tokenizer.h"

namespace clearformer {

// tokenizer.json, as Hugging Face's tokenizers read it. Both of our kinds are a BPE model without
// merges: it gives each symbol of a text its token. The symbols of `byte` are bytes, in GPT-2's
// letters; those of `char` are the text's own characters.
std::string write_tokenizer_json(const Tokenizer& tokenizer);

// The tokenizer of ours that gives the same tokens. Error "file" where there is none: the file is
// broken, it merges or changes the text, or its tokens are not numbered as ours are.
Result<Tokenizer> read_tokenizer_json(std::string_view json);

}  // namespace clearformer
