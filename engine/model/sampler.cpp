#include "model/sampler.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/rng.h"
#include "kernels/vec_math.h"

namespace clearformer {

Token Sampler::sample(std::span<const float> logits, std::uint64_t index) {
  const auto likelier = [&](Token a, Token b) {
    return logits[a] != logits[b] ? logits[a] > logits[b] : a < b;
  };
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
    for (candidates = 0; candidates < k && held < wanted;) held += probabilities_[candidates++];
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
