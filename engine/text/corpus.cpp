#include "text/corpus.h"

#include <cmath>
#include <string>
#include <utility>

#include "base/check.h"
#include "text/utf8.h"
#include "text/words.h"

namespace clearformer {
namespace {

Error text_error(std::string message) {
  return {"text", "", std::move(message)};
}

// The Unicode encoding whose byte order mark begins the bytes, other than UTF-8.
std::string_view foreign_encoding(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("\xFF\xFE\0\0"sv) || bytes.starts_with("\0\0\xFE\xFF"sv)) return "UTF-32";
  if (bytes.starts_with("\xFF\xFE"sv) || bytes.starts_with("\xFE\xFF"sv)) return "UTF-16";
  return {};
}

// count log(total / count): what `count` of `total` equal draws add to an entropy.
double surprise(std::int64_t count, std::int64_t total) {
  return static_cast<double>(count) *
         std::log(static_cast<double>(total) / static_cast<double>(count));
}

std::vector<std::int64_t> count_tokens(std::span<const Token> tokens, int vocab_size) {
  std::vector<std::int64_t> counts(vocab_size);
  for (const Token token : tokens) {
    CHECK(token >= 0 && token < vocab_size);
    ++counts[token];
  }
  return counts;
}

// -sum_a p(a) log p(a).
double unigram_entropy(std::span<const Token> tokens, int vocab_size) {
  const auto n = static_cast<std::int64_t>(tokens.size());
  double sum = 0;
  for (const std::int64_t count : count_tokens(tokens, vocab_size)) {
    if (count > 0) sum += surprise(count, n);
  }
  return sum / static_cast<double>(n);
}

// -sum_ab p(a, b) log p(b | a). A counting sort groups each token's followers, and one row of
// counts serves all groups: a table of all pairs could have 2^32 cells.
double bigram_entropy(std::span<const Token> tokens, int vocab_size) {
  const std::size_t n_pairs = tokens.size() - 1;
  if (n_pairs == 0) return 0;

  const auto group_sizes = count_tokens(tokens.first(n_pairs), vocab_size);
  std::vector<std::size_t> next(vocab_size);  // where the next follower of a token goes
  std::size_t begin = 0;
  for (int a = 0; a < vocab_size; ++a) {
    next[a] = begin;
    begin += group_sizes[a];
  }
  static_assert(kMaxVocabSize <= 1 << 16, "a token must fit in 16 bits");
  std::vector<std::uint16_t> followers(n_pairs);
  for (std::size_t i = 0; i < n_pairs; ++i) {
    followers[next[tokens[i]]++] = static_cast<std::uint16_t>(tokens[i + 1]);
  }

  double sum = 0;
  std::vector<std::int64_t> counts(vocab_size);
  for (int a = 0; a < vocab_size; ++a) {
    const auto group = std::span(followers).subspan(next[a] - group_sizes[a], group_sizes[a]);
    for (const std::uint16_t b : group) ++counts[b];
    for (const std::uint16_t b : group) {
      if (counts[b] > 0) sum += surprise(counts[b], group_sizes[a]);
      counts[b] = 0;
    }
  }
  return sum / static_cast<double>(n_pairs);
}

// "The text is 40 tokens; block_size 64 needs at least 65. ...", or nothing where it is enough.
Status check_part(const std::string& part, std::size_t n_tokens, int block_size,
                  const std::string& advice) {
  const std::size_t needed = static_cast<std::size_t>(block_size) + 1;
  if (n_tokens >= needed) return {};
  return text_error(part + " is " + counted(n_tokens, "token") + " long; block_size " +
                    std::to_string(block_size) + " needs at least " + with_commas(needed) +
                    ". Use " + advice + ".");
}

}  // namespace

Error text_too_large(std::uint64_t bytes) {
  return text_error("The text is " + counted(bytes, "byte") + "; at most " +
                    with_commas(kMaxTextBytes) + " are allowed.");
}

Status check_text(std::string_view bytes) {
  if (bytes.size() > static_cast<std::size_t>(kMaxTextBytes)) {
    return text_too_large(bytes.size());
  }
  if (without_byte_order_mark(bytes).empty()) {
    return text_error("The text is empty; it needs at least one character.");
  }
  if (const std::string_view encoding = foreign_encoding(bytes); !encoding.empty()) {
    return text_error("The text begins with the byte order mark of " + std::string(encoding) +
                      "; only UTF-8 can be read. Save it as UTF-8 and try again.");
  }
  if (const std::size_t zero = bytes.find('\0'); zero != std::string_view::npos) {
    return text_error("This is a binary file, not a text: it has a zero byte at offset " +
                      with_commas(zero) + ". Choose a plain text file, saved as UTF-8.");
  }
  const Status utf8 = check_utf8(bytes);
  if (!utf8.ok()) return text_error(utf8.error().message + " Save it as UTF-8 and try again.");
  return {};
}

Result<Corpus> make_corpus(std::string_view text, const Tokenizer& tokenizer, double val_fraction,
                           int block_size) {
  CHECK(val_fraction >= 0 && val_fraction < 1 && block_size >= 1);
  if (const Status fit = check_text(text); !fit.ok()) return fit.error();
  Result<std::vector<Token>> encoded = tokenizer.encode(without_byte_order_mark(text));
  if (!encoded.ok()) return encoded.error();

  Corpus corpus{.tokens = std::move(encoded.value())};
  const auto n_tokens = static_cast<double>(corpus.tokens.size());
  corpus.n_train = static_cast<std::int64_t>(n_tokens * (1 - val_fraction));
  const bool holds_out = val_fraction > 0;
  const Status train =
      check_part(holds_out ? "The training part of the text" : "The text", corpus.train().size(),
                 block_size, "a longer text or a smaller block_size");
  if (!train.ok()) return train.error();
  if (holds_out) {
    const Status val = check_part(
        "The part of the text held out by val_fraction " + format_number(val_fraction),
        corpus.val().size(), block_size, "a longer text, a smaller block_size or val_fraction 0");
    if (!val.ok()) return val.error();
  }
  return corpus;
}

TextStats measure_text(std::string_view text, std::span<const Token> tokens, int vocab_size) {
  CHECK(vocab_size >= 1 && vocab_size <= kMaxVocabSize);
  text = without_byte_order_mark(text);
  TextStats stats{.bytes = static_cast<std::int64_t>(text.size()),
                  .characters = static_cast<std::int64_t>(count_characters(text)),
                  .tokens = static_cast<std::int64_t>(tokens.size()),
                  .vocab_size = vocab_size};
  if (tokens.empty()) return stats;
  stats.unigram_entropy = unigram_entropy(tokens, vocab_size);
  stats.bigram_entropy = bigram_entropy(tokens, vocab_size);
  return stats;
}

}  // namespace clearformer
