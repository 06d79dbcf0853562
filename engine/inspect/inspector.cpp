#include "inspect/inspector.h"

#include <algorithm>
#include <limits>

#include "base/math.h"
#include "model/decoder.h"
#include "text/utf8.h"
#include "text/words.h"

namespace clearformer {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

std::int64_t together(const ModelConfig& config) {
  return std::min<std::int64_t>(config.block_size, Inspector::kMostTogether);
}

// Of softmax(logits), in nats: log Z - sum p logit.
float entropy_of(std::span<const float> logits) {
  const double largest = *std::max_element(logits.begin(), logits.end());
  double total = 0, mean = 0;
  for (const float logit : logits) {
    const double weight = exp(std::max(logit - largest, -700.0));
    total += weight;
    mean += weight * (logit - largest);
  }
  return static_cast<float>(log(total) - mean / total);
}

Error too_short() {
  return {"text", "", "One token alone has no loss: two are enough to check gradients."};
}

}  // namespace

Result<std::unique_ptr<Inspector>> Inspector::open(std::span<const std::uint8_t> run,
                                                   ThreadPool& pool) {
  Result<InspectedModel> model = read_inspected_model(run);
  if (!model.ok()) return model.error();
  const ModelConfig config = model.value().header.config();
  Result<std::unique_ptr<Trace>> trace = Trace::create(config, together(config), pool);
  if (!trace.ok()) return trace.error();
  return std::unique_ptr<Inspector>(
      new Inspector(std::move(model.value()), std::move(trace.value()), pool));
}

Inspector::Inspector(InspectedModel model, std::unique_ptr<Trace> trace, ThreadPool& pool)
    : model_(std::move(model)),
      config_(model_.header.config()),
      most_(together(config_)),
      pool_(pool),
      weights_(model_.weights),
      original_(slice_parameters(config_, model_.weights.data())),
      parameters_(slice_parameters(config_, weights_.data())),
      trace_(std::move(trace)) {}

Status Inspector::read(std::string_view text) {
  Result<std::vector<Token>> encoded = model_.header.tokenizer.encode(text);
  if (!encoded.ok()) return encoded.error();
  const auto size = static_cast<std::int64_t>(encoded.value().size());
  if (size == 0) return Error{"text", "", "There is no text yet; one character is enough."};
  if (size > kMostTokens) {
    return Error{"text", "",
                 "This text has " + counted(size, "token") + "; up to " + with_commas(kMostTokens) +
                     " can be looked at."};
  }
  tokens_ = std::move(encoded.value());
  targets_.assign(tokens_.begin() + 1, tokens_.end());
  targets_.push_back(0);
  look(0);
  return {};
}

void Inspector::look(std::int64_t first) {
  const auto size = static_cast<std::int64_t>(tokens_.size());
  first_ = std::clamp<std::int64_t>(first, 0, std::max<std::int64_t>(size - most_, 0));
  trace();
}

void Inspector::trace() {
  run(first_, std::min<std::int64_t>(most_, static_cast<std::int64_t>(tokens_.size()) - first_));
}

void Inspector::run(std::int64_t first, std::int64_t length) {
  const auto part = [&](const std::vector<Token>& tokens) {
    return std::span<const Token>(tokens).subspan(first, length);
  };
  trace_->run(parameters_, part(tokens_), part(targets_));
}

std::vector<float> Inspector::surprises() {
  const auto size = static_cast<std::int64_t>(tokens_.size());
  std::vector<float> surprises(size, kNone);
  const std::int64_t half = std::max<std::int64_t>(most_ / 2, 1);
  for (std::int64_t first = 0, known = 1; known < size; first += half) {
    const std::int64_t length = std::min(most_, size - first);
    run(first, length);
    // The loss at a position is the surprise of the token after it.
    for (; known < std::min(first + length + 1, size); ++known)
      surprises[known] = trace_->losses()[known - 1 - first];
  }
  trace();
  return surprises;
}

double Inspector::loss() const {
  const auto known =
      std::min<std::int64_t>(length(), static_cast<std::int64_t>(tokens_.size()) - 1 - first_);
  if (known == 0) return kNone;
  double total = 0;
  for (std::int64_t t = 0; t < known; ++t) total += trace_->losses()[t];
  return total / static_cast<double>(known);
}

std::vector<Expectation> Inspector::expectations(std::int64_t position, int n) {
  const bool ends = first_ + position + 1 == static_cast<std::int64_t>(tokens_.size());
  const Token next = targets_[first_ + position];
  std::vector<Expectation> all;
  for (int stage = 0; stage < trace_->stages(); ++stage)
    trace_->for_each_logits(
        stage, position, position + 1, [&](std::int64_t, std::span<const float> logits) {
          Likelihood found = likelihood(logits, next, n);
          all.push_back(
              {std::move(found.likeliest), ends ? kNone : found.chosen, entropy_of(logits)});
        });
  return all;
}

std::vector<TokenProbability> Inspector::guesses(int stage) {
  std::vector<TokenProbability> guesses;
  trace_->for_each_logits(stage, 0, length(), [&](std::int64_t, std::span<const float> logits) {
    guesses.push_back(likelihood(logits, 0, 1).likeliest[0]);
  });
  return guesses;
}

void Inspector::apply(const Part& part, bool on) {
  if (on)
    switch_on(config_, part, parameters_, original_);
  else
    switch_off(config_, part, parameters_);
}

void Inspector::set_part(const Part& part, bool on) {
  apply(part, on);
  if (on)
    off_.erase({part.layer, part.head});
  else
    off_.insert({part.layer, part.head});
  trace();
}

std::vector<float> Inspector::worth() {
  const double now = loss();
  std::vector<float> worth;
  const auto measure = [&](const Part& part) {
    const bool on = is_on(part);
    apply(part, !on);
    trace();
    const double other = loss();
    apply(part, on);
    worth.push_back(static_cast<float>(on ? other - now : now - other));
  };
  for (int layer = 0; layer < config_.n_layer; ++layer) {
    for (int head = 0; head < config_.n_head; ++head) measure({layer, head});
    measure({layer, Part::kMlp});
  }
  trace();
  return worth;
}

std::int64_t Inspector::checked_tokens() const {
  const auto known = static_cast<std::int64_t>(tokens_.size()) - 1 - first_;
  return std::min({GradientProof::most_tokens(config_), length(), known});
}

Result<std::unique_ptr<GradientProof>> Inspector::prove() {
  const std::int64_t T = checked_tokens();
  if (T < 1) return too_short();
  return GradientProof::create(config_, weights_,
                               std::span<const Token>(tokens_).subspan(first_, T),
                               std::span<const Token>(targets_).subspan(first_, T), pool_);
}

Result<std::unique_ptr<ExactPass>> Inspector::exact_pass() const {
  const std::int64_t T = checked_tokens();
  if (T < 1) return too_short();
  return std::make_unique<ExactPass>(config_, weights_,
                                     std::span<const Token>(tokens_).subspan(first_, T),
                                     std::span<const Token>(targets_).subspan(first_, T));
}

Result<std::unique_ptr<FaultyTraining>> Inspector::train_with(Fault fault) {
  Result<std::vector<Token>> text =
      model_.header.tokenizer.encode(without_byte_order_mark(model_.text));
  if (!text.ok()) return text.error();
  return FaultyTraining::create(model_.header.recipe, config_.vocab_size, std::move(text.value()),
                                fault, pool_);
}

std::string Inspector::continuation(int tokens) {
  Decoder decoder(config_, parameters_, pool_, Arithmetic::strict);
  Sampler likeliest(SampleOptions{.temperature = 0});
  StreamDecoder stream(model_.header.tokenizer);
  std::string text;
  std::span<const float> logits =
      decoder.read(std::span<const Token>(tokens_).subspan(first_, length()));
  for (int i = 0; i < tokens; ++i) {
    const Token token = likeliest.sample(logits, static_cast<std::uint64_t>(i));
    text += stream.push(token);
    logits = decoder.read({&token, 1});
  }
  return text + stream.flush();
}

}  // namespace clearformer
