// The whole model against the reference.
#include "model/transformer.h"

#include <gtest/gtest.h>

#include "ops/cross_entropy.h"
#include "ops/head.h"
#include "ops/norm.h"
#include "tests/engine/support/model_check.h"

namespace clearformer {
namespace {

using test::FastMemory;
using test::FastModel;

struct Case {
  ModelConfig config;
  std::int64_t B, T;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> cases = {
      //  L  NH  C  block  V  bias  dropout
      {{1, 1, 3, 1, 2, false, 0}, 1, 1},     {{2, 3, 9, 7, 13, true, 0}, 3, 5},
      {{1, 2, 6, 40, 11, false, 0}, 1, 37},  {{2, 1, 5, 6, 7, false, 0.2f}, 2, 6},
      {{3, 2, 10, 5, 17, true, 0.3f}, 2, 4},
  };
  return cases;
}

constexpr DropoutKey kTraining{true, 21, 4};

TEST(Transformer, LossAndGradientsAgree) {
  for (const Case& c : cases()) {
    SCOPED_TRACE("C = " + std::to_string(c.config.n_embd));
    test::expect_transformer_agrees(c.config, c.B, c.T, kTraining);
  }
}

// Evaluation drops nothing, and neither does a model without dropout.
TEST(Transformer, EvaluationDropsNothing) {
  ModelConfig config{2, 3, 9, 7, 13, true, 0.3f};
  FastModel dropping(config, 2, 5, 2);
  const auto zeros = std::vector<float>(dropping.weights.size());
  const double evaluated = dropping.run(1, Arithmetic::strict, {}, zeros).loss;
  EXPECT_NE(dropping.run(1, Arithmetic::strict, kTraining, zeros).loss, evaluated);
  config.dropout = 0;
  FastModel plain(config, 2, 5, 2);
  EXPECT_EQ(plain.run(1, Arithmetic::strict, kTraining, zeros).loss, evaluated);
}

// A large vocabulary's logits are made some rows at a time. That must not show: losses, the
// gradient of ln_f and of the embeddings of tokens that are not read equal, to the bit, those of a
// head that sees all rows at once.
TEST(Transformer, TheHeadInPiecesIsTheHeadAtOnce) {
  const ModelConfig config{1, 1, 2, 10, 15000, true, 0};
  const std::int64_t B = 7, T = 10, rows = B * T, C = 2, V = config.vocab_size;
  ASSERT_LT(head_rows(config, {B, T, 1}), rows);
  FastModel model(config, B, T, 3);
  const Parameters<float> p = slice_parameters(config, model.weights.data());
  FastMemory memory(config, {B, T, 1});
  const Context context{test::pool_of(1), Arithmetic::strict, memory.op_scratch()};
  const TransformerPass pass{config, p, memory.activations(), B, T, {}};
  transformer_forward(context, pass, model.tokens.data(), model.targets.data());

  const Activations& a = memory.activations();
  const std::vector<float> x(a.normalised, a.normalised + rows * C);
  std::vector<float> logits(rows * V), losses(rows);
  const test::EngineContext head(1, Arithmetic::strict, head_scratch(rows, C, V));
  head_forward(head, logits.data(), x.data(), p.wte, rows, C, V);
  cross_entropy_forward(head, losses.data(), logits.data(), model.targets.data(), rows, V);
  test::expect_same_bits("losses", {a.losses, a.losses + rows}, losses);

  std::vector<float> dx(rows * C), dnorm(rows * C), gradients(model.weights.size()),
      expected(model.weights.size());
  const Parameters<float> d = slice_parameters(config, gradients.data());
  const Parameters<float> e = slice_parameters(config, expected.data());
  cross_entropy_backward(head, logits.data(), logits.data(), model.targets.data(), {},
                         1.0f / static_cast<float>(rows), rows, V);
  head_backward(head, dx.data(), e.wte, logits.data(), x.data(), p.wte, rows, C, V);
  norm_backward(head, dnorm.data(), e.ln_f_weight, e.ln_f_bias, dx.data(), nullptr,
                a.residual_final, p.ln_f_weight, a.ln_f_mean, a.ln_f_rstd, {rows, C});
  transformer_backward(context, pass, d, model.tokens.data(), model.targets.data(), 1.0f);
  for (const Token token : model.tokens) std::fill_n(e.wte + token * C, C, 0.0f);
  for (const Token token : model.tokens) std::fill_n(d.wte + token * C, C, 0.0f);
  test::expect_same_bits("dwte", {d.wte, d.wte + V * C}, {e.wte, e.wte + V * C});
  test::expect_same_bits("dln_f.weight", {d.ln_f_weight, d.ln_f_weight + C},
                         {e.ln_f_weight, e.ln_f_weight + C});
  test::expect_same_bits("dln_f.bias", {d.ln_f_bias, d.ln_f_bias + C},
                         {e.ln_f_bias, e.ln_f_bias + C});
}

// A second pass in the same memory, which is full of the first's numbers, gives the same bits.
TEST(Transformer, MemoryIsUsedAgain) {
  const ModelConfig config{2, 2, 6, 9, 11, true, 0.1f};
  FastModel first(config, 2, 9, 4), second(config, 2, 9, 5);
  const std::vector<float> zeros(first.weights.size());
  const FastModel::Pass fresh = second.run(1, Arithmetic::strict, kTraining, zeros);
  FastMemory memory(config, {2, 9, 1});
  const Context context{test::pool_of(1), Arithmetic::strict, memory.op_scratch()};
  for (FastModel* model : {&first, &second}) {
    const Parameters<float> p = slice_parameters(config, model->weights.data());
    const TransformerPass pass{config, p, memory.activations(), 2, 9, kTraining};
    const double loss =
        transformer_forward(context, pass, model->tokens.data(), model->targets.data());
    std::vector<float> gradients = zeros;
    transformer_backward(context, pass, slice_parameters(config, gradients.data()),
                         model->tokens.data(), model->targets.data(), 1.0f);
    if (model == &second) {
      EXPECT_EQ(loss, fresh.loss);
      test::expect_same_bits("gradients", gradients, fresh.gradients);
    }
  }
}

}  // namespace
}  // namespace clearformer
