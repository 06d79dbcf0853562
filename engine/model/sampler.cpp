#include "model/sampler.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/rng.h"
#include "kernels/vec_math.h"

namespace clearformer {
namespace {

// An order of tokens, likeliest first.
auto likelier_by(std::span<const float> logits) {
  return
      [logits](Token a, Token b) { return logits[a] != logits[b] ? logits[a] > logits[b] : a < b; };
}

}  // namespace

Likelihood likelihood(std::span<const float> logits, Token chosen, int n) {
  const Token V = static_cast<Token>(logits.size());
  const Token count = std::min<Token>(n, V);
  std::vector<Token> order(V);
  std::iota(order.begin(), order.end(), 0);
  std::partial_sort(order.begin(), order.begin() + count, order.end(), likelier_by(logits));
  const float largest = *std::max_element(logits.begin(), logits.end());
  double total = 0;
  for (const float logit : logits) total += exp(logit - largest);
  const auto probability = [&](Token token) {
    return static_cast<float>(exp(logits[token] - largest) / total);
  };
  Likelihood result{probability(chosen), {}};
  for (Token i = 0; i < count; ++i) result.likeliest.push_back({order[i], probability(order[i])});
  return result;
}

Token Sampler::sample(std::span<const float> logits, std::uint64_t index) {
  const auto likelier = likelier_by(logits);
  const Token V = static_cast<Token>(logits.size());
  order_.resize(V);
  std::iota(order_.begin(), order_.end(), 0);
  if (options_.temperature == 0) return *std::min_element(order_.begin(), order_.end(), likelier);

  const Token k = options_.top_k == 0 ? V : std::min<Token>(options_.top_k, V);
  std::partial_sort(order_.begin(), order_.begin() + k, order_.end(), likelier);
  const float largest = logits[order_[0]];
  // Never infinite: times the likeliest token's 0 that would be NaN.
  const float inverse_temperature = static_cast<float>(
      std::min<double>(1.0 / options_.temperature, std::numeric_limits<float>::max()));
  probabilities_.resize(k);
  double total = 0;
  for (Token i = 0; i < k; ++i) {
    probabilities_[i] = exp((logits[order_[i]] - largest) * inverse_temperature);
    total += probabilities_[i];
  }
  // The nucleus: the shortest head of the list that holds top_p of it.
  Token candidates = k;
  if (options_.top_p < 1) {
    const double wanted = options_.top_p * total;
    double held = 0;
    candidates = 0;
    do held += probabilities_[candidates++];
    while (candidates < k && held < wanted);  // one at least, were the total not a number
    total = held;
  }
  const double draw = Rng(options_.seed, Stream::kSample).uniform(index) * total;
  double passed = 0;
  for (Token i = 0; i + 1 < candidates; ++i) {
    passed += probabilities_[i];
    if (draw < passed) return order_[i];
  }
  return order_[candidates - 1];
}

}  // namespace clearformer
