// What is looked at against the reference: attention weights, the head on every stage of the
// residual stream, and the model without one of its parts.
#include "inspect/trace.h"

#include <gtest/gtest.h>

#include "inspect/part.h"
#include "ops/cross_entropy.h"
#include "tests/engine/support/architectures.h"
#include "tests/engine/support/model_check.h"

namespace clearformer {
namespace {

using test::FastModel;

constexpr int kVocab = 7;

// A passage of a model with random weights, traced.
struct Traced {
  explicit Traced(const ModelConfig& config, std::int64_t T)
      : model(config, 1, T, 3), parameters(slice_parameters(config, model.weights.data())) {
    auto made = Trace::create(config, config.block_size, test::pool_of(1));
    EXPECT_TRUE(made.ok());
    trace = std::move(made.value());
    run();
  }
  void run() { trace->run(parameters, model.tokens, model.targets); }
  reference::Batch batch() const { return {model.tokens.data(), model.targets.data(), 1, model.T}; }

  FastModel model;
  Parameters<float> parameters;
  std::unique_ptr<Trace> trace;
};

// Fewer positions than the model's context has, as most passages are.
template <class Check>
void for_each_architecture(Check&& check) {
  for (const Recipe& recipe : test::architectures()) {
    SCOPED_TRACE(recipe_to_json(recipe));
    Traced traced(recipe.model_config(kVocab), recipe.block_size - 1);
    check(traced);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Trace, AttentionIsTheReferences) {
  for_each_architecture([](Traced& t) {
    const ModelConfig& config = t.model.config;
    const std::int64_t T = t.model.T;
    const auto expected = test::from_reference([&]<class Number>(test::Tensors<Number>& out) {
      reference::Activations<Number> a;
      reference::forward(a, config, test::converted<Number>(t.model.weights).data(), t.batch());
      for (int l = 0; l < config.n_layer; ++l)
        for (int h = 0; h < config.n_head; ++h) {
          const auto begin = a.h[l].att.begin() + h * T * T;
          out.push_back({begin, begin + T * T});
        }
    });
    for (int l = 0; l < config.n_layer; ++l)
      for (int h = 0; h < config.n_head; ++h) {
        const std::vector<float> weights = t.trace->attention(l, h);
        test::expect_agrees("attention", weights.data(), expected[l * config.n_head + h],
                            test::kFloatUnit);
        for (std::int64_t q = 0; q < T; ++q) {
          double sum = 0;
          for (std::int64_t k = 0; k < T; ++k) sum += weights[q * T + k];
          // T weights of at most 1, each rounded once, and their sum's inverse.
          EXPECT_NEAR(sum, 1, static_cast<double>(T + 2) * test::kFloatUnit);
          for (std::int64_t k = q + 1; k < T; ++k) EXPECT_EQ(weights[q * T + k], 0);
        }
      }
  });
}

// Asked twice, in any order: what is looked at is not changed by looking.
TEST(Trace, LookingChangesNothing) {
  Traced t(ModelConfig{2, 3, 12, 9, kVocab, true, 0, Norm::rmsnorm, Activation::swiglu,
                       Position::rotary, 1, true, false},
           7);
  const auto all = [&] {
    std::vector<float> numbers;
    for (int l = 1; l >= 0; --l)
      for (int h = 0; h < 3; ++h)
        for (const float weight : t.trace->attention(l, h)) numbers.push_back(weight);
    for (int stage = 2; stage >= 0; --stage)
      t.trace->for_each_logits(stage, 0, 7, [&](std::int64_t, std::span<const float> logits) {
        numbers.insert(numbers.end(), logits.begin(), logits.end());
      });
    return numbers;
  };
  const std::vector<float> first = all();
  test::expect_same_bits("again", all(), first);
  t.run();
  test::expect_same_bits("read again", all(), first);
}

TEST(Trace, TheHeadOnEveryStageIsTheReferences) {
  for_each_architecture([](Traced& t) {
    const ModelConfig& config = t.model.config;
    const std::int64_t T = t.model.T, V = config.vocab_size;
    const auto expected = test::from_reference([&]<class Number>(test::Tensors<Number>& out) {
      const auto weights = test::converted<Number>(t.model.weights);
      const Parameters<const Number> p = slice_parameters(config, weights.data());
      reference::Activations<Number> a;
      reference::forward(a, config, weights.data(), t.batch());
      for (int stage = 0; stage <= config.n_layer; ++stage) {
        const auto& residual = stage == 0 ? a.embedding : a.h[stage - 1].residual_out;
        std::vector<Number> norm(residual.size()), mean(T), rstd(T), logits(T * V);
        reference::norm_forward(norm.data(), mean.data(), rstd.data(), residual.data(),
                                p.ln_f_weight, p.ln_f_bias, config, T);
        reference::head_forward(logits.data(), norm.data(), p.lm_head, T, config.n_embd, V);
        out.push_back(logits);
      }
      out.push_back(a.logits);
    });
    std::vector<float> last;
    for (int stage = 0; stage < t.trace->stages(); ++stage) {
      std::vector<float> logits;
      t.trace->for_each_logits(stage, 0, T, [&](std::int64_t at, std::span<const float> row) {
        EXPECT_EQ(at * V, static_cast<std::int64_t>(logits.size()));
        logits.insert(logits.end(), row.begin(), row.end());
      });
      test::expect_agrees("stage " + std::to_string(stage), logits.data(), expected[stage],
                          test::kFloatUnit);
      last = logits;
    }
    // The last stage is the model itself: its logits, and to the bit the losses of its own pass.
    test::expect_agrees("logits", last.data(), expected.back(), test::kFloatUnit);
    std::vector<float> losses(T);
    const test::EngineContext context(1, Arithmetic::strict);
    cross_entropy_forward(context, losses.data(), last.data(), t.model.targets.data(), T, V);
    test::expect_same_bits("losses", {t.trace->losses().begin(), t.trace->losses().end()}, losses);
  });
}

// A part that is off adds nothing to the residual stream. The reference has no switches; its scales
// of dropout, zero for that part alone, do the same another way.
TEST(Trace, APartThatIsOffAddsNothing) {
  for_each_architecture([](Traced& t) {
    const ModelConfig& config = t.model.config;
    const std::int64_t T = t.model.T, C = config.n_embd, NH = config.n_head;
    const std::vector<float> original = t.model.weights;
    std::vector<float> copy = original;
    const Parameters<float> source = slice_parameters(config, copy.data());
    for (const Part part : {Part{1, 0}, Part{0, 1}, Part{1, Part::kMlp}}) {
      reference::DropoutScales scales;
      scales.h.resize(config.n_layer);
      auto& site = scales.h[part.layer];
      if (part.head == Part::kMlp) {
        site.mlp.assign(T * C, 0);
      } else {
        site.att.assign(NH * T * T, 1);
        std::fill_n(site.att.begin() + part.head * T * T, T * T, 0);
      }
      const auto expected = test::from_reference([&]<class Number>(test::Tensors<Number>& out) {
        reference::Activations<Number> a;
        reference::forward(a, config, test::converted<Number>(original).data(), t.batch(), scales);
        out = {a.losses};
      });
      switch_off(config, part, t.parameters);
      t.run();
      test::expect_agrees("losses", t.trace->losses().data(), expected[0], test::kFloatUnit);
      switch_on(config, part, t.parameters, source);
      test::expect_same_bits("on again", t.model.weights, original);
    }
  });
}

}  // namespace
}  // namespace clearformer
