#include "train/generator.h"

#include "text/words.h"

namespace clearformer {

Status validate_sample_options(const SampleOptions& o) {
  const auto wrong = [](const char* name, double given, const char* allowed) {
    return Error{"setting", name,
                 std::string(name) + " is " + format_number(given) + "; " + allowed};
  };
  if (!(o.temperature >= 0 && o.temperature <= 100))
    return wrong("temperature", o.temperature, "it must be a number from 0 to 100.");
  if (o.top_k < 0)
    return wrong("top_k", o.top_k, "it must be a whole number: 0 for all tokens, or more.");
  if (!(o.top_p > 0 && o.top_p <= 1))
    return wrong("top_p", o.top_p, "it must be a number above 0 and at most 1.");
  return {};
}

Status Generator::begin(std::string_view prompt, const SampleOptions& options, int alternatives) {
  if (Status status = validate_sample_options(options); !status.ok()) return status;
  if (alternatives < 0 || alternatives > kMaxAlternatives) {
    return Error{"setting", "alternatives",
                 "alternatives is " + std::to_string(alternatives) +
                     "; it must be a whole number from 0 to " + std::to_string(kMaxAlternatives) +
                     "."};
  }
  std::vector<Token> tokens;
  if (prompt.empty()) {
    const Result<std::vector<Token>> line_end = tokenizer_->encode("\n");
    tokens = line_end.ok() ? line_end.value() : std::vector<Token>{0};
  } else {
    Result<std::vector<Token>> encoded = tokenizer_->encode(prompt);
    if (!encoded.ok()) return encoded.error();
    tokens = std::move(encoded.value());
  }
  unread_ = std::move(tokens);
  written_ = 0;
  alternatives_ = alternatives;
  sampler_ = Sampler(options);
  stream_ = StreamDecoder(*tokenizer_);
  decoder_->reset();
  return {};
}

Generator::Piece Generator::next() {
  const std::span<const float> logits = decoder_->read(unread_);
  const Token id = sampler_.sample(logits, written_++);
  Piece piece{id, stream_.push(id)};
  if (alternatives_ > 0) piece.likelihood = likelihood(logits, id, alternatives_);
  unread_.assign(1, id);
  return piece;
}

}  // namespace clearformer
