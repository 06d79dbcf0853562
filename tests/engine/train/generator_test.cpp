#include "train/generator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "model/transformer.h"
#include "tests/engine/support/runs.h"

namespace clearformer {
namespace {

constexpr int kWritten = 40;  // past the context of 11

struct Written {
  std::vector<Token> ids;
  std::string text;
};

Written write(Trainer& trainer, std::string_view prompt, const SampleOptions& options) {
  Generator& generator = trainer.generator();
  const Status status = generator.begin(prompt, options);
  EXPECT_TRUE(status.ok());
  Written written;
  for (int i = 0; i < kWritten; ++i) {
    const Generator::Piece piece = generator.next();
    written.ids.push_back(piece.id);
    written.text += piece.text;
  }
  written.text += generator.finish();
  return written;
}

std::unique_ptr<Trainer> trained(int n_threads = 1) {
  auto trainer =
      test::start(test::small_recipe(), test::training_text(60), Arithmetic::strict, n_threads);
  test::train_until(*trainer, 12);
  return trainer;
}

TEST(Generator, SeedAndOptionsDecideTheText) {
  const auto trainer = trained();
  const Written first = write(*trainer, "the", {.seed = 3});
  EXPECT_EQ(write(*trainer, "the", {.seed = 3}).ids, first.ids);
  EXPECT_NE(write(*trainer, "the", {.seed = 4}).ids, first.ids);
  EXPECT_NE(write(*trainer, "Zo", {.seed = 3}).ids, first.ids);
  EXPECT_EQ(first.text, trainer->tokenizer().decode(first.ids));
  const auto threaded = trained(test::thread_counts().back());
  EXPECT_EQ(write(*threaded, "the", {.seed = 3}).ids, first.ids);
}

// Temperature 0 writes what the whole model, run on the text so far, finds likeliest.
TEST(Generator, GreedyIsTheLikeliest) {
  const auto trainer = trained();
  const std::string prompt = "the ";
  const Written written = write(*trainer, prompt, {.temperature = 0, .seed = 1});
  EXPECT_EQ(write(*trainer, prompt, {.temperature = 0, .seed = 2}).ids, written.ids);
  std::vector<Token> tokens = trainer->tokenizer().encode(prompt).value();
  const auto room = static_cast<std::size_t>(trainer->recipe().block_size);
  for (int i = 0; tokens.size() <= room; ++i) {
    // The loss of each candidate at the last place, from the whole model.
    double best = INFINITY;
    Token likeliest = -1;
    for (Token candidate = 0; candidate < trainer->config().vocab_size; ++candidate) {
      std::vector<Token> with = tokens;
      with.push_back(candidate);
      const double loss = trainer->evaluate_all(with);
      if (loss < best) {
        best = loss;
        likeliest = candidate;
      }
    }
    EXPECT_EQ(written.ids[i], likeliest) << i;
    tokens.push_back(written.ids[i]);
  }
}

// exp(-loss) of the whole model, run on the text so far, is the probability of what came next.
TEST(Generator, TellsHowLikelyItsTokensWereAndWritesTheSameText) {
  const auto trainer = trained();
  const SampleOptions options{.temperature = 1.5, .top_k = 4, .seed = 3};
  const Written silent = write(*trainer, "the ", options);
  Generator& generator = trainer->generator();
  ASSERT_TRUE(generator.begin("the ", options, 5).ok());
  std::vector<Token> tokens = trainer->tokenizer().encode("the ").value();
  const auto room = static_cast<std::size_t>(trainer->recipe().block_size);
  for (int i = 0; i < kWritten; ++i) {
    const Generator::Piece piece = generator.next();
    EXPECT_EQ(piece.id, silent.ids[i]);
    ASSERT_EQ(piece.likelihood.likeliest.size(), 5u);
    EXPECT_TRUE(std::ranges::is_sorted(piece.likelihood.likeliest, std::greater(),
                                       &TokenProbability::probability));
    if (tokens.size() > room) continue;
    const auto loss_with = [&](Token next) {
      std::vector<Token> with = tokens;
      with.push_back(next);
      return trainer->evaluate_all(with) * static_cast<double>(tokens.size());
    };
    // Ratios: the loss of what stands before is the same for each.
    for (const auto& [id, probability] : piece.likelihood.likeliest) {
      const double ratio = std::exp(loss_with(piece.id) - loss_with(id));
      EXPECT_NEAR(probability / piece.likelihood.chosen, ratio, 1e-4 * ratio) << i;
    }
    tokens.push_back(piece.id);
  }
  ASSERT_TRUE(generator.begin("the ", options).ok());
  EXPECT_TRUE(generator.next().likelihood.likeliest.empty());  // not asked for
}

TEST(Generator, AnEmptyPromptStartsALine) {
  const auto trainer = trained();
  EXPECT_EQ(write(*trainer, "", {}).ids, write(*trainer, "\n", {}).ids);
}

TEST(Generator, WhatCannotBeWrittenIsNamed) {
  const auto trainer = trained();
  Generator& generator = trainer->generator();
  const Status prompt = generator.begin("the ŵ", {});
  ASSERT_FALSE(prompt.ok());
  EXPECT_EQ(prompt.error().code, "text");
  EXPECT_NE(prompt.error().message.find("ŵ"), std::string::npos) << prompt.error().message;
  const auto refused = [&](const SampleOptions& options) {
    const Status status = generator.begin("the", options);
    EXPECT_EQ(status.ok() ? "" : status.error().code, "setting");
    return status.ok() ? "" : status.error().where;
  };
  EXPECT_EQ(refused({.temperature = -0.1}), "temperature");
  EXPECT_EQ(refused({.temperature = NAN}), "temperature");
  EXPECT_EQ(refused({.top_k = -1}), "top_k");
  EXPECT_EQ(refused({.top_p = 0}), "top_p");
  EXPECT_EQ(refused({.top_p = 1.5}), "top_p");
  EXPECT_EQ(generator.begin("the", {}, -1).error().where, "alternatives");
  EXPECT_EQ(generator.begin("the", {}, kMaxAlternatives + 1).error().where, "alternatives");
}

}  // namespace
}  // namespace clearformer
