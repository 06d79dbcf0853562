#include "train/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "io/checkpoint.h"
#include "reference/model.h"
#include "tests/engine/support/fast_model.h"
#include "tests/engine/support/runs.h"
#include "text/corpus.h"
#include "train/batcher.h"

namespace clearformer {
namespace {

using test::evaluate;
using test::load;
using test::small_recipe;
using test::start;
using test::train_until;
using test::training_text;

// A file as Trainer writes it, with one thing changed and a checksum that fits.
template <class Change>
std::vector<std::uint8_t> tampered(const std::vector<std::uint8_t>& file, const Change& change) {
  Result<Checkpoint> parsed = parse_checkpoint(file);
  EXPECT_TRUE(parsed.ok());
  change(parsed.value());
  return serialize_checkpoint(parsed.value());
}

Error load_error(const std::vector<std::uint8_t>& file) {
  const auto made = Trainer::load(file, {.pool = test::pool_of(1)});
  return made.ok() ? Error{} : made.error();
}

Error create_error(const Recipe& recipe, std::string text, TrainerOptions options) {
  const auto made = Trainer::create(recipe, std::move(text), options);
  return made.ok() ? Error{} : made.error();
}

TEST(Trainer, LearnsMoreThanFrequencies) {
  Recipe recipe;
  recipe.n_layer = 1;
  recipe.n_head = 2;
  recipe.n_embd = 24;
  recipe.block_size = 16;
  recipe.batch_size = 8;
  recipe.steps = 150;
  recipe.warmup_steps = 10;
  recipe.lr = 1e-2;
  const auto trainer = start(recipe, training_text(400));
  const Corpus& corpus = trainer->corpus();
  const TextStats stats =
      measure_text(trainer->text(), corpus.tokens, trainer->config().vocab_size);
  const double first = evaluate(*trainer).val_loss;
  train_until(*trainer, recipe.steps);
  const double last = evaluate(*trainer).val_loss;
  // At first nothing is known; at the end more than counting pairs of characters tells.
  EXPECT_NEAR(first, std::log(trainer->config().vocab_size), 0.5);
  EXPECT_LT(last, stats.bigram_entropy);
}

// The whole of a step's gradient: batches as drawn, dropout as keyed, the mean over micro-steps.
void expect_step_agrees(const Recipe& recipe) {
  const auto trainer = start(recipe, training_text(60));
  const ModelConfig config = trainer->config();
  const std::vector<float> weights(trainer->parameters().begin(), trainer->parameters().end());
  const std::int64_t B = recipe.batch_size, T = recipe.block_size;
  const auto expected = test::from_reference([&]<class Number>(test::Tensors<Number>& out) {
    const auto parameters = test::converted<Number>(weights);
    std::vector<Number> gradient(parameters.size(), Number(0));
    Number loss = 0;
    std::uint32_t pass = 0;  // numbers the draws of dropout
    for (int micro = 0; micro < recipe.grad_accum_steps; ++micro) {
      std::vector<Token> inputs(B * T), targets(B * T);
      draw_batch(inputs.data(), targets.data(), trainer->corpus().train(),
                 Rng(recipe.seed, Stream::kBatch, 0, micro), B, T);
      const std::int64_t group = pass_shape(recipe, 1).B;
      for (std::int64_t first = 0; first < B; first += group) {
        const std::int64_t n = std::min(group, B - first);
        const DropoutKey key{true, static_cast<std::uint64_t>(recipe.seed), pass++};
        const auto scales = test::replayed_scales(config, key, n, T);
        const double share =
            static_cast<double>(n) / (static_cast<double>(B) * recipe.grad_accum_steps);
        reference::Activations<Number> a, da;
        const reference::Batch batch{&inputs[first * T], &targets[first * T], n, T};
        reference::forward(a, config, parameters.data(), batch, scales);
        reference::backward(gradient.data(), da, config, parameters.data(), batch, a, scales,
                            share);
        loss += a.loss * Number(share);
      }
    }
    Number squares = 0;
    for (const Number g : gradient) squares += g * g;
    out = {{loss, sqrt(squares)}};
  });
  const Result<StepResult> step = trainer->step();
  ASSERT_TRUE(step.ok());
  const double actual[] = {step.value().loss, step.value().grad_norm};
  test::expect_agrees("loss, norm", actual, expected[0], test::kFloatUnit);
  EXPECT_EQ(step.value().step, 1);
  EXPECT_EQ(step.value().tokens, B * T * recipe.grad_accum_steps);
}

TEST(Trainer, AStepsLossAndNormAgreeWithTheReference) {
  expect_step_agrees(small_recipe());
  Recipe groups = small_recipe();  // a batch that is worked in groups of 2, 2 and 1
  groups.block_size = 100;
  groups.batch_size = 5;
  ASSERT_EQ(pass_shape(groups, 1).B, 2);
  expect_step_agrees(groups);
  Recipe terms = small_recipe();  // the loss that is told is the plain one all the same
  terms.label_smoothing = 0.2;
  terms.z_loss = 0.05;
  expect_step_agrees(terms);
}

// Validation too: what is trained on changes nothing of what is measured.
TEST(Trainer, LossesAreCrossEntropiesWhateverIsTrainedOn) {
  Recipe terms = small_recipe();
  terms.label_smoothing = 0.2;
  terms.z_loss = 0.05;
  const EvalProgress plain = evaluate(*start(small_recipe(), training_text(60)));
  const EvalProgress with = evaluate(*start(terms, training_text(60)));
  EXPECT_EQ(with.val_loss, plain.val_loss);
  EXPECT_EQ(with.train_loss, plain.train_loss);
}

TEST(Trainer, ResumesToTheBitFromEveryStep) {
  test::expect_resumes_to_the_bit(small_recipe());
}

TEST(Trainer, ResumesToTheBitWithEveryOptimizerAndSchedule) {
  for (const char* const optimizer : {"muon", "sgd"}) {
    for (const char* const schedule : {"linear", "constant", "wsd"}) {
      SCOPED_TRACE(std::string(optimizer) + ", " + schedule);
      Recipe recipe = small_recipe();
      recipe.optimizer = optimizer;
      recipe.schedule = schedule;
      const auto straight = start(recipe, training_text(60));
      train_until(*straight, recipe.steps);
      const auto first =
          start(recipe, training_text(60), Arithmetic::strict, test::thread_counts().back());
      train_until(*first, 7);
      const auto second = load(first->save());
      train_until(*second, recipe.steps);
      EXPECT_EQ(second->fingerprint(), straight->fingerprint());
      EXPECT_EQ(second->save(), straight->save());
    }
  }
}

// What each optimizer remembers, and no more, is in its file.
TEST(Trainer, AFileHasWhatItsOptimizerRemembers) {
  const auto state_of = [](const char* optimizer) {
    Recipe recipe = small_recipe();
    recipe.n_layer = 1;
    recipe.bias = false;
    recipe.optimizer = optimizer;
    const auto file = parse_checkpoint(start(recipe, training_text(60))->save());
    std::vector<std::string> names;
    for (const NamedTensor& tensor : file.value().tensors)
      if (tensor.name.starts_with("adam.v.") || tensor.name.starts_with("momentum."))
        names.push_back(tensor.name);
    return names;
  };
  const std::vector<std::string> matrices = {
      "momentum.h.0.attn.c_attn.weight", "momentum.h.0.attn.c_proj.weight",
      "momentum.h.0.mlp.c_fc.weight", "momentum.h.0.mlp.c_proj.weight"};
  const std::vector<std::string> rest = {"adam.v.wte.weight", "adam.v.wpe.weight",
                                         "adam.v.h.0.ln_1.weight", "adam.v.h.0.ln_2.weight",
                                         "adam.v.ln_f.weight"};
  std::vector<std::string> both = rest;
  both.insert(both.end(), matrices.begin(), matrices.end());
  EXPECT_THAT(state_of("muon"), testing::UnorderedElementsAreArray(both));
  EXPECT_THAT(state_of("sgd"),
              testing::AllOf(testing::SizeIs(9), testing::Each(testing::StartsWith("momentum."))));
  EXPECT_THAT(state_of("adamw"),
              testing::AllOf(testing::SizeIs(9), testing::Each(testing::StartsWith("adam.v."))));
}

TEST(Trainer, PairsOfBytesTravelWithTheRun) {
  Recipe recipe = small_recipe();
  recipe.tokenizer = "bpe:280";
  const auto straight = start(recipe, training_text(60));
  EXPECT_EQ(straight->config().vocab_size, 280);
  EXPECT_LT(straight->corpus().tokens.size(), straight->text().size() * 3 / 4);
  EXPECT_EQ(straight->tokenizer().decode(straight->corpus().tokens), straight->text());
  train_until(*straight, 5);
  const auto resumed = load(straight->save());
  EXPECT_EQ(resumed->tokenizer().to_json(), straight->tokenizer().to_json());
  for (const auto& trainer : {straight.get(), resumed.get()}) train_until(*trainer, 12);
  EXPECT_EQ(resumed->save(), straight->save());

  const auto refused = [&](const auto& change) {
    const Error error = load_error(tampered(straight->save(), change));
    EXPECT_EQ(error.code, "file");
    return error.message;
  };
  std::string fewer = straight->tokenizer().to_json();  // less its last merge
  fewer.replace(fewer.rfind(','), std::string::npos, "\"}");
  EXPECT_NE(refused([&](Checkpoint& f) { f.tokenizer_json = fewer; }), "");
  EXPECT_NE(refused([](Checkpoint& f) {
              f.tokenizer_json.insert(f.tokenizer_json.size() - 2, ",279 280");
            }).find("cannot make token 280"),
            std::string::npos);
  for (const char* const name : {"bpe:279", "byte", "char"}) {
    EXPECT_NE(refused([&](Checkpoint& f) {
                f.recipe_json.replace(f.recipe_json.find("bpe:280"), 7, name);
              }).find("its tokenizer is not the one that its recipe names"),
              std::string::npos);
  }
}

TEST(Trainer, WatchingDoesNotChangeBits) {
  const Recipe recipe = small_recipe();
  const auto watched = start(recipe, training_text(60)), plain = start(recipe, training_text(60));
  for (int i = 0; i < 5; ++i) {
    evaluate(*watched);
    ASSERT_TRUE(watched->generator().begin("the", {}).ok());
    for (int j = 0; j < 20; ++j) watched->generator().next();
    watched->save();
    ASSERT_TRUE(watched->step().ok());
    ASSERT_TRUE(plain->step().ok());
  }
  EXPECT_EQ(watched->fingerprint(), plain->fingerprint());
}

TEST(Trainer, HistoryHoldsEveryStepAndTheEvaluationsThatWereDue) {
  const Recipe recipe = small_recipe();
  const auto trainer = start(recipe, training_text(60));
  train_until(*trainer, 4);
  evaluate(*trainer);  // of one's own accord: told, not kept
  train_until(*trainer, recipe.steps);
  const History& history = trainer->history();
  EXPECT_EQ(history.loss.size(), 12u);
  EXPECT_EQ(history.eval_step, (std::vector<std::int64_t>{0, 5, 10, 12}));
  EXPECT_EQ(history.eval_val_loss.back(), static_cast<float>(evaluate(*trainer).val_loss));
}

TEST(Trainer, NothingHeldOutHasNoValidationLoss) {
  Recipe recipe = small_recipe();
  recipe.val_fraction = 0;
  const auto trainer = start(recipe, training_text(60));
  const EvalProgress evaluation = evaluate(*trainer);
  EXPECT_TRUE(std::isnan(evaluation.val_loss));
  EXPECT_TRUE(std::isfinite(evaluation.train_loss));
  train_until(*trainer, 2);
  EXPECT_TRUE(std::isnan(load(trainer->save())->history().eval_val_loss.at(0)));
}

// Passage by passage equals token by token with a fresh context for each.
TEST(Trainer, EvaluatesAllOfATextOnce) {
  const auto trainer = start(small_recipe(), training_text(60));
  const std::int64_t T = trainer->recipe().block_size;
  const std::span<const Token> tokens = std::span(trainer->corpus().tokens).first(3 * T * 2 + 5);
  double sum = 0;
  for (std::size_t at = 0; at + 1 < tokens.size(); at += T) {
    const std::size_t length = std::min<std::size_t>(T, tokens.size() - 1 - at);
    sum += trainer->evaluate_all(tokens.subspan(at, length + 1)) * static_cast<double>(length);
  }
  // Means are float-rounded at most once per batch: two unit roundoffs of a loss below 8.
  EXPECT_NEAR(trainer->evaluate_all(tokens), sum / static_cast<double>(tokens.size() - 1),
              8 * 2 * test::kFloatUnit);
}

TEST(Trainer, SaysWhatIsWrongBeforeItAllocates) {
  const TrainerOptions options{.pool = test::pool_of(1)};
  Recipe recipe = small_recipe();
  EXPECT_EQ(create_error(recipe, "", options).code, "text");
  EXPECT_EQ(create_error(recipe, "too short", options).code, "text");
  EXPECT_EQ(create_error(recipe, std::string(300, '\0'), options).code, "text");
  recipe.n_head = 4;
  EXPECT_EQ(create_error(recipe, training_text(60), options).where, "n_embd");

  recipe = small_recipe();
  const auto fits = start(recipe, training_text(60));
  // An upper bound: a byte is at least a token.
  const std::int64_t bytes = static_cast<std::int64_t>(fits->text().size());
  const std::int64_t needed = plan_memory(recipe, fits->config(), bytes, bytes, 1).total();
  TrainerOptions tight = options;
  tight.memory_limit = needed;
  EXPECT_EQ(create_error(recipe, training_text(60), tight).code, "");
  tight.memory_limit = needed - 1;
  EXPECT_EQ(create_error(recipe, training_text(60), tight).code, "memory");
  EXPECT_EQ(Trainer::load(fits->save(), tight).error().code, "memory");
}

TEST(Trainer, AClassThatTheBuildLacksIsRefused) {
  const TrainerOptions options{.pool = test::pool_of(1), .arithmetic = Arithmetic::fused};
  EXPECT_EQ(create_error(small_recipe(), training_text(60), options).code,
            can_fuse() ? "" : "usage");
}

TEST(Trainer, ClassesDifferAndAreKept) {
  std::set<std::string> fingerprints;
  for (const Arithmetic arithmetic : test::arithmetics()) {
    const auto trainer = start(small_recipe(), training_text(60), arithmetic);
    train_until(*trainer, 3);
    fingerprints.insert(trainer->fingerprint());
    EXPECT_EQ(load(trainer->save())->arithmetic(), arithmetic);
  }
  EXPECT_EQ(fingerprints.size(), test::arithmetics().size());
}

TEST(Trainer, AFileThatContradictsItselfIsRefused) {
  const auto trainer = start(small_recipe(), training_text(60));
  train_until(*trainer, 3);
  const std::vector<std::uint8_t> file = trainer->save();
  const auto refused = [&](const auto& change) {
    const Error error = load_error(tampered(file, change));
    EXPECT_EQ(error.code, "file");
    return error.message;
  };
  const auto swap_in = [](std::string& json, const std::string& from, const std::string& to) {
    ASSERT_NE(json.find(from), std::string::npos) << from;
    json.replace(json.find(from), from.size(), to);
  };
  EXPECT_NE(refused([](Checkpoint& f) { f.step = 13; }), "");
  EXPECT_NE(refused([](Checkpoint& f) { f.step = -1; }), "");
  EXPECT_NE(refused([](Checkpoint& f) { f.step = 2; }), "");  // the history has three
  EXPECT_NE(refused([](Checkpoint& f) { f.arithmetic = "loose"; }), "");
  EXPECT_NE(refused([](Checkpoint& f) { f.tensors.pop_back(); }), "");
  EXPECT_NE(refused([](Checkpoint& f) { f.text = f.text.first(20); }), "");
  EXPECT_NE(
      refused([&](Checkpoint& f) { swap_in(f.recipe_json, "\"n_embd\":15", "\"n_embd\":18"); }),
      "");
  EXPECT_NE(refused([&](Checkpoint& f) { swap_in(f.recipe_json, "\"n_head\":3", "\"n_head\":4"); }),
            "");
  EXPECT_NE(refused([&](Checkpoint& f) {
              swap_in(f.recipe_json, "\"tokenizer\":\"char\"", "\"tokenizer\":\"byte\"");
            }),
            "");
  // A character that the text has, gone from the vocabulary.
  EXPECT_NE(refused([&](Checkpoint& f) { swap_in(f.tokenizer_json, "Z", "Y"); }), "");
  std::vector<double> past;
  const auto with_past = [&](std::vector<double> numbers) {
    past = std::move(numbers);
    return refused([&](Checkpoint& f) {
      f.tensors.push_back(make_tensor("history.schedule",
                                      {static_cast<std::int64_t>(past.size() / 4), 4},
                                      std::span<const double>(past)));
    });
  };
  for (const std::vector<double>& wrong :
       std::vector<std::vector<double>>{{4, 12, 1e-2, 1e-3},            // a step that was not taken
                                        {0, 12, 1e-2, 1e-3},            // none was
                                        {1.5, 12, 1e-2, 1e-3},          // half a step
                                        {2, 1, 1e-2, 1e-3},             // more steps than it had
                                        {2, 12, 1e-3, 1e-2},            // rates the wrong way round
                                        {2, std::nan(""), 1e-2, 1e-3},  //
                                        {2, 12, std::nan(""), 1e-3},    //
                                        {2, 12, 1e-2, 1e-3, 2, 12, 2e-2, 1e-3}})  // twice at once
    EXPECT_NE(with_past(wrong), "") << wrong[0];
  for (std::size_t length = 0; length < file.size(); length += 1 + length / 3) {
    SCOPED_TRACE(length);
    const std::vector<std::uint8_t> cut(file.begin(), file.begin() + length);
    EXPECT_EQ(load_error(cut).code, "file");
  }
}

}  // namespace
}  // namespace clearformer
