#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/token.h"

namespace clearformer {

// How the next token is chosen from its distribution.
struct SampleOptions {
  double temperature = 0.8;  // divides the logits; 0 takes the likeliest token
  int top_k = 0;             // only the k likeliest; 0 is all
  double top_p = 1.0;        // only the likeliest that together have probability p, in (0, 1]
  std::uint32_t seed = 1337;
};

struct TokenProbability {
  Token id;
  float probability;
};

// How likely the model itself finds tokens next, before any option shapes that: the softmax of its
// logits.
struct Likelihood {
  float chosen;                             // of the token that was chosen
  std::vector<TokenProbability> likeliest;  // likeliest first; ties go to the lower token
};

// REQUIRES: 0 <= chosen < V, 0 <= n.
Likelihood likelihood(std::span<const float> logits, Token chosen, int n);

// Chooses tokens. The same options, logits and index give the same token everywhere.
class Sampler {
 public:
  explicit Sampler(const SampleOptions& options) : options_(options) {}

  // index numbers the draws of one text. Ties go to the lower token.
  Token sample(std::span<const float> logits, std::uint64_t index);

 private:
  SampleOptions options_;
  std::vector<Token> order_;          // candidates, likeliest first
  std::vector<float> probabilities_;  // theirs
};

}  // namespace clearformer
