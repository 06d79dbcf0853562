#include "model/sampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/engine/support/chi_square.h"
#include "tests/engine/support/random.h"

namespace clearformer {
namespace {

constexpr int kDraws = 20000;

std::vector<std::int64_t> counts(const SampleOptions& options, const std::vector<float>& logits) {
  Sampler sampler(options);
  std::vector<std::int64_t> counts(logits.size());
  for (int i = 0; i < kDraws; ++i) ++counts.at(sampler.sample(logits, i));
  return counts;
}

// softmax(logits / temperature) over the tokens that `keep` names, by the plain formula.
std::vector<double> distribution(const std::vector<float>& logits, double temperature,
                                 const std::set<Token>& keep) {
  std::vector<double> p(logits.size());
  double total = 0;
  for (const Token token : keep) total += p[token] = std::exp(logits[token] / temperature);
  for (double& x : p) x /= total;
  return p;
}

// Probabilities 0.4, 0.3, 0.15, 0.1, 0.05, not in order.
const std::vector<float>& five() {
  static const std::vector<float> logits = {std::log(0.15f), std::log(0.4f), std::log(0.05f),
                                            std::log(0.3f), std::log(0.1f)};
  return logits;
}

TEST(Sampler, DrawsFromTheDistribution) {
  test::expect_frequencies(counts({.temperature = 1}, five()),
                           distribution(five(), 1, {0, 1, 2, 3, 4}));
  test::expect_frequencies(counts({.temperature = 2.5}, five()),
                           distribution(five(), 2.5, {0, 1, 2, 3, 4}));
  test::expect_frequencies(counts({.temperature = 0.5}, five()),
                           distribution(five(), 0.5, {0, 1, 2, 3, 4}));
  const auto many = test::Random(1).normals<float>(71);
  std::set<Token> all;
  for (Token i = 0; i < 71; ++i) all.insert(i);
  test::expect_frequencies(counts({.temperature = 1}, many), distribution(many, 1, all));
}

TEST(Likelihood, IsTheSoftmaxOfTheLogitsAndNamesTheLikeliestInOrder) {
  const Likelihood three = likelihood(five(), 2, 3);
  EXPECT_NEAR(three.chosen, 0.05, 1e-6);
  ASSERT_EQ(three.likeliest.size(), 3u);
  EXPECT_EQ(three.likeliest[0].id, 1);
  EXPECT_NEAR(three.likeliest[0].probability, 0.4, 1e-6);
  EXPECT_EQ(three.likeliest[1].id, 3);
  EXPECT_NEAR(three.likeliest[1].probability, 0.3, 1e-6);
  EXPECT_EQ(three.likeliest[2].id, 0);
  EXPECT_NEAR(three.likeliest[2].probability, 0.15, 1e-6);
  const Likelihood all = likelihood(five(), 0, 500);
  ASSERT_EQ(all.likeliest.size(), 5u);
  double total = 0;
  for (const TokenProbability& each : all.likeliest) total += each.probability;
  EXPECT_NEAR(total, 1, 1e-6);
  EXPECT_TRUE(likelihood(five(), 0, 0).likeliest.empty());
}

TEST(Likelihood, TiesGoToTheLowerTokenAndLargeLogitsDoNotOverflow) {
  const Likelihood tie = likelihood(std::vector<float>{3e38f, 0, 3e38f}, 0, 2);
  EXPECT_EQ(tie.likeliest[0].id, 0);
  EXPECT_EQ(tie.likeliest[1].id, 2);
  EXPECT_EQ(tie.chosen, 0.5f);
}

TEST(Sampler, TopKKeepsTheLikeliest) {
  EXPECT_EQ(counts({.temperature = 1, .top_k = 1}, five())[1], kDraws);
  test::expect_frequencies(counts({.temperature = 1, .top_k = 3}, five()),
                           distribution(five(), 1, {0, 1, 3}));
  test::expect_frequencies(counts({.temperature = 1, .top_k = 500}, five()),
                           distribution(five(), 1, {0, 1, 2, 3, 4}));
}

// The shortest head of the list that holds top_p: 0.4 + 0.3 is short of 0.75, with 0.15 it is not.
TEST(Sampler, TopPKeepsTheNucleus) {
  const auto nucleus = [](double top_p) {
    return counts({.temperature = 1, .top_p = top_p}, five());
  };
  EXPECT_EQ(nucleus(1e-300)[1], kDraws);
  EXPECT_EQ(nucleus(0.39)[1], kDraws);
  test::expect_frequencies(nucleus(0.41), distribution(five(), 1, {1, 3}));
  test::expect_frequencies(nucleus(0.75), distribution(five(), 1, {0, 1, 3}));
  test::expect_frequencies(nucleus(0.96), distribution(five(), 1, {0, 1, 2, 3, 4}));
  // Of what top_k left: 0.4 and 0.3 are 57 and 43 in a hundred.
  EXPECT_EQ(counts({.temperature = 1, .top_k = 2, .top_p = 0.5}, five())[1], kDraws);
  test::expect_frequencies(counts({.temperature = 1, .top_k = 2, .top_p = 0.6}, five()),
                           distribution(five(), 1, {1, 3}));
}

TEST(Sampler, GreedyTakesTheLikeliestAndTheLowerOfTwo) {
  Sampler greedy({.temperature = 0, .top_k = 3, .top_p = 0.1});
  EXPECT_EQ(greedy.sample(five(), 0), 1);
  const std::vector<float> ties = {0, 2, 1, 2, 2};
  for (int i = 0; i < 20; ++i) EXPECT_EQ(greedy.sample(ties, i), 1);
}

TEST(Sampler, TiesGoToTheLowerToken) {
  const std::vector<float> equal(9, 1.5f);
  test::expect_frequencies(counts({.temperature = 1, .top_k = 3}, equal),
                           distribution(equal, 1, {0, 1, 2}));
}

// However low the temperature, nothing overflows to NaN: it goes to greedy.
TEST(Sampler, ALowTemperatureIsNearlyGreedy) {
  for (const double temperature : {1e-2, 1e-5, 1e-30, 1e-39, 1e-46, 1e-310, 5e-324}) {
    for (const double top_p : {1.0, 0.9}) {
      Sampler sampler({.temperature = temperature, .top_p = top_p});
      for (int i = 0; i < 50; ++i) ASSERT_EQ(sampler.sample(five(), i), 1) << temperature;
    }
  }
}

TEST(Sampler, OptionsLogitsAndIndexDecide) {
  const auto draw = [](std::uint32_t seed, std::uint64_t first) {
    Sampler sampler({.temperature = 1, .seed = seed});
    std::vector<Token> tokens;
    for (std::uint64_t i = first; i < first + 40; ++i) tokens.push_back(sampler.sample(five(), i));
    return tokens;
  };
  EXPECT_EQ(draw(1, 0), draw(1, 0));
  EXPECT_NE(draw(1, 0), draw(2, 0));
  EXPECT_NE(draw(1, 0), draw(1, 40));
  // Whatever it sampled before, with however many tokens.
  Sampler used({.temperature = 1, .seed = 1});
  used.sample(std::vector<float>(100, 0.0f), 3);
  EXPECT_EQ(used.sample(five(), 7), draw(1, 0)[7]);
}

TEST(Sampler, OneTokenIsAlwaysTaken) {
  for (const double temperature : {0.0, 1.0})
    EXPECT_EQ(Sampler({.temperature = temperature}).sample(std::vector<float>{-3}, 5), 0);
}

}  // namespace
}  // namespace clearformer
