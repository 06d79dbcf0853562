#include "inspect/inspector.h"

#include <gtest/gtest.h>

#include <cmath>

#include "io/checkpoint.h"
#include "reference/model.h"
#include "tests/engine/support/model_check.h"
#include "tests/engine/support/runs.h"

namespace clearformer {
namespace {

using Bytes = std::vector<std::uint8_t>;

const std::string kPassage = "the fox likes Zoë.\na hen sees my dog.\n";

std::unique_ptr<Trainer> trained() {
  auto trainer = test::start(test::small_recipe(), test::training_text(60));
  test::train_until(*trainer, 12);
  return trainer;
}

std::unique_ptr<Inspector> opened(const Trainer& run) {
  auto made = Inspector::open(run.save(), test::pool_of(1));
  if (!made.ok()) ADD_FAILURE() << made.error().message;
  return made.ok() ? std::move(made.value()) : nullptr;
}

std::unique_ptr<Inspector> reading(const Trainer& run, std::string_view text = kPassage) {
  auto inspector = opened(run);
  const Status status = inspector->read(text);
  if (!status.ok()) ADD_FAILURE() << status.error().message;
  return inspector;
}

TEST(Inspector, HasACopyOfTheRunsModel) {
  const auto run = trained();
  const auto inspector = opened(*run);
  EXPECT_EQ(inspector->model().step, 12);
  EXPECT_EQ(inspector->most_together(), 11);
  test::expect_same_bits("weights", inspector->model().weights,
                         {run->parameters().begin(), run->parameters().end()});
}

// Of the reference on passages that begin where the inspector's do: every 5 tokens, 11 long.
TEST(Inspector, SurpriseIsTheReferencesLoss) {
  const auto run = trained();
  const auto inspector = reading(*run);
  const auto tokens = inspector->tokens();
  const auto size = static_cast<std::int64_t>(tokens.size());
  ASSERT_EQ(size, 38);
  const std::vector<float> surprises = inspector->surprises();
  EXPECT_TRUE(std::isnan(surprises[0]));
  for (std::int64_t at = 1; at < size; ++at) {
    // The first passage that this token's predecessor is in, and so the one with most before it.
    const std::int64_t first = at <= 11 ? 0 : (at - 11 + 4) / 5 * 5;
    const std::int64_t T = at - first;
    EXPECT_GE(T, std::min<std::int64_t>(at, 7));
    const auto expected = test::from_reference([&]<class Number>(test::Tensors<Number>& out) {
      reference::Activations<Number> a;
      ModelConfig config = run->config();
      reference::forward(a, config, test::converted<Number>(inspector->model().weights).data(),
                         {tokens.data() + first, tokens.data() + first + 1, 1, T});
      out = {{a.losses.back()}};
    });
    test::expect_agrees("surprise", &surprises[at], expected[0], test::kFloatUnit);
  }
}

TEST(Inspector, TheLossIsTheMeanOverThePassage) {
  const auto run = trained();
  const auto inspector = reading(*run);
  const auto tokens = inspector->tokens();
  for (const std::int64_t first : {std::int64_t{0}, std::int64_t{9}, std::int64_t{27}}) {
    inspector->look(first);
    ASSERT_EQ(inspector->first(), first);
    ASSERT_EQ(inspector->length(), 11);
    // At the text's end the last position is followed by nothing.
    const auto n = static_cast<std::int64_t>(tokens.size()) == first + 11 ? 11 : 12;
    EXPECT_EQ(inspector->loss(), run->evaluate_all(tokens.subspan(first, n))) << first;
  }
  inspector->look(1000);
  EXPECT_EQ(inspector->first(), 27);
  inspector->look(-3);
  EXPECT_EQ(inspector->first(), 0);
}

TEST(Inspector, OneTokenHasNoLoss) {
  const auto run = trained();
  const auto inspector = reading(*run, "t");
  EXPECT_EQ(inspector->length(), 1);
  EXPECT_TRUE(std::isnan(inspector->loss()));
  EXPECT_EQ(inspector->attention(0, 0), std::vector<float>{1});
  EXPECT_TRUE(std::isnan(inspector->expectations(0, 3).back().next));
}

// Expectation at the last stage is the model's own: what the decoder says, and the losses.
TEST(Inspector, ExpectationsEndInTheModels) {
  const auto run = trained();
  const auto inspector = reading(*run);
  const std::vector<float> surprises = inspector->surprises();
  for (int position = 0; position < 11; ++position) {
    const std::vector<Expectation> stages = inspector->expectations(position, 4);
    ASSERT_EQ(stages.size(), 3u);
    const Expectation& last = stages.back();
    // e^-loss, each to float's precision: a loss of up to 8 rounds by 8 u, which is relative here.
    EXPECT_NEAR(-std::log(last.next), surprises[position + 1], 16 * test::kFloatUnit);
    ASSERT_EQ(last.likeliest.size(), 4u);
    for (int stage = 0; stage < 3; ++stage) {
      const TokenProbability guess = inspector->guesses(stage)[position];
      EXPECT_EQ(guess.id, stages[stage].likeliest[0].id);
      EXPECT_EQ(guess.probability, stages[stage].likeliest[0].probability);
    }
    // All of them together are a distribution, of which the entropy is told.
    const Expectation all = inspector->expectations(position, 22).back();
    double total = 0, entropy = 0;
    for (const auto& [id, p] : all.likeliest) {
      total += p;
      entropy -= double(p) * std::log(double(p));
    }
    EXPECT_NEAR(total, 1, 22 * test::kFloatUnit);
    EXPECT_NEAR(all.entropy, entropy, 64 * test::kFloatUnit);
  }
}

// What a part is worth is the loss of a model file in which it is zero, less the loss with it.
TEST(Inspector, WorthIsTheLossOfAModelWithoutThePart) {
  const auto run = trained();
  const auto inspector = reading(*run);
  const double whole = inspector->loss();
  const std::vector<float> worth = inspector->worth();
  EXPECT_EQ(inspector->loss(), whole);
  ASSERT_EQ(worth.size(), 2u * 4);
  for (int layer = 0; layer < 2; ++layer)
    for (int head = 0; head < 4; ++head) {
      const Part part{layer, head == 3 ? Part::kMlp : head};
      const auto without = trained();
      std::vector<float> weights(without->parameters().begin(), without->parameters().end());
      switch_off(run->config(), part, slice_parameters(run->config(), weights.data()));
      Checkpoint file;
      const Bytes saved = without->save();
      file = parse_checkpoint(saved).value();
      const float* at = weights.data();
      for (const ParameterInfo& info : parameter_list(run->config())) {
        for (NamedTensor& tensor : file.tensors)
          if (tensor.name == info.name)
            tensor = make_tensor(info.name, info.shape(),
                                 std::span<const float>(at, static_cast<std::size_t>(info.size())));
        at += info.size();
      }
      auto other = Inspector::open(serialize_checkpoint(file), test::pool_of(1));
      ASSERT_TRUE(other.ok()) << other.error().message;
      ASSERT_TRUE(other.value()->read(kPassage).ok());
      const double loss = other.value()->loss();
      EXPECT_EQ(worth[layer * 4 + head], static_cast<float>(loss - whole));
      inspector->set_part(part, false);
      EXPECT_FALSE(inspector->is_on(part));
      EXPECT_EQ(inspector->loss(), loss);
      // Of what is off it says the same.
      EXPECT_EQ(inspector->worth()[layer * 4 + head], static_cast<float>(loss - whole));
      inspector->set_part(part, true);
      EXPECT_EQ(inspector->loss(), whole);
    }
}

TEST(Inspector, ItGoesOnAsTheRunWould) {
  const auto run = trained();
  const auto inspector = reading(*run, "the fox");
  const auto greedy = [](Generator& generator) {
    EXPECT_TRUE(generator.begin("the fox", {.temperature = 0}).ok());
    std::string text;
    for (int i = 0; i < 30; ++i) text += generator.next().text;
    return text + generator.finish();
  };
  EXPECT_EQ(inspector->continuation(30), greedy(run->generator()));
  inspector->set_part({1, Part::kMlp}, false);
  inspector->set_part({0, Part::kMlp}, false);
  EXPECT_NE(inspector->continuation(30), greedy(run->generator()));
}

TEST(Inspector, WhatItCannotReadIsRefusedAndTheTextBeforeIsKept) {
  const auto run = trained();
  const auto inspector = reading(*run);
  const auto refused = [&](std::string_view text) {
    const Status status = inspector->read(text);
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(inspector->tokens().size(), 38u);
    return status.ok() ? "" : status.error().message;
  };
  EXPECT_EQ(refused(""), "There is no text yet; one character is enough.");
  EXPECT_NE(refused("the cat!").find("\"c\""), std::string::npos);
  EXPECT_EQ(refused(std::string(2049, 'a')),
            "This text has 2,049 tokens; up to 2,048 can be looked at.");
  EXPECT_TRUE(inspector->read(std::string(2048, 'a')).ok());
}

TEST(Inspector, AFileThatIsNoRunIsRefused) {
  const auto run = trained();
  const auto refused = [](const Bytes& bytes) {
    const auto made = Inspector::open(bytes, test::pool_of(1));
    EXPECT_FALSE(made.ok());
    return made.ok() ? Error{} : made.error();
  };
  EXPECT_EQ(refused(Bytes(20, 1)).code, "file");
  const Bytes saved = run->save();
  for (const char* name : {"wte.weight", "h.1.ln_2.bias"}) {
    Checkpoint file = parse_checkpoint(saved).value();
    std::erase_if(file.tensors, [&](const NamedTensor& t) { return t.name == name; });
    EXPECT_NE(refused(serialize_checkpoint(file)).message.find(name), std::string::npos);
  }
  Checkpoint file = parse_checkpoint(saved).value();
  const std::vector<float> few(3);
  for (NamedTensor& tensor : file.tensors)
    if (tensor.name == "ln_f.weight")
      tensor = make_tensor(tensor.name, {3}, std::span<const float>(few));
  EXPECT_EQ(refused(serialize_checkpoint(file)).message,
            "The tensor ln_f.weight is F32 [3]; this model's is F32 [15].");
}

}  // namespace
}  // namespace clearformer
