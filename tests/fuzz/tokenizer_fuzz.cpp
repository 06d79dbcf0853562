// Any JSON as a tokenizer, of ours and of somebody else's; and what such a tokenizer does to a
// text.
#include <algorithm>
#include <numeric>

#include "exchange/import_model.h"
#include "exchange/tokenizer_json.h"
#include "tests/fuzz/input.h"
#include "text/tokenizer.h"

namespace clearformer {
namespace {

void check_tokenizer(const Tokenizer& tokenizer, std::string_view text) {
  const std::string json = tokenizer.to_json();
  const Result<Tokenizer> again = Tokenizer::from_json(json);
  CHECK(again.ok());
  CHECK(again.value().to_json() == json);
  CHECK(tokenizer.is_named(tokenizer.name()));

  // All tokens join to what they are one by one, and a stream of them to UTF-8.
  std::vector<Token> all(static_cast<std::size_t>(tokenizer.vocab_size()));
  std::iota(all.begin(), all.end(), 0);
  std::string joined, streamed;
  StreamDecoder stream(tokenizer);
  for (const Token token : all) {
    joined += tokenizer.piece(token);
    streamed += stream.push(token);
  }
  streamed += stream.flush();
  CHECK(tokenizer.decode(all) == joined);
  CHECK(check_utf8(streamed).ok());

  const Result<std::vector<Token>> tokens = tokenizer.encode(text);
  if (!fuzz::taken(tokens)) return;
  CHECK(tokenizer.decode(tokens.value()) == text);
}

// It leaves as tokenizer.json and comes back, each token with its number.
void check_round_trip(const Tokenizer& tokenizer) {
  const Result<ForeignTokenizer> back = read_tokenizer_json(write_tokenizer_json(tokenizer));
  CHECK(back.ok());
  CHECK(back.value().tokenizer.to_json() == tokenizer.to_json());
  CHECK(std::ranges::is_sorted(back.value().theirs));
}

FUZZ(input) {
  const std::vector<std::string_view> parts = fuzz::parts_of(input, 2);
  const std::string_view text = parts.back();
  const Result<Tokenizer> own = Tokenizer::from_json(parts[0]);
  if (fuzz::taken(own)) {
    check_tokenizer(own.value(), text);
    check_round_trip(own.value());
  }
  const Result<ForeignTokenizer> foreign = read_tokenizer_json(parts[0]);
  if (fuzz::taken(foreign)) {
    const auto& [tokenizer, theirs] = foreign.value();
    std::vector<Token> numbers = theirs;
    std::ranges::sort(numbers);
    for (std::size_t i = 0; i < numbers.size(); ++i)
      CHECK(numbers[i] == static_cast<Token>(i));  // each of theirs once
    CHECK(numbers.size() == static_cast<std::size_t>(tokenizer.vocab_size()));
    check_tokenizer(tokenizer, text);
    check_round_trip(tokenizer);
  }
  fuzz::taken(read_shard_names(parts[0]));
}

}  // namespace
}  // namespace clearformer
