#include "inspect/gradient_proof.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/engine/support/architectures.h"
#include "tests/engine/support/model_check.h"
#include "train/gradient_check.h"

namespace clearformer {
namespace {

using test::FastModel;

constexpr int kVocab = 7;

std::vector<float> gradients_of(FastModel& model, const Fault* fault) {
  test::FastMemory memory(model.config, {1, model.T, 1});
  const Parameters<float> parameters = slice_parameters(model.config, model.weights.data());
  const TransformerPass pass{model.config, parameters, memory.activations(), 1, model.T, {}};
  const Context context{test::pool_of(1), Arithmetic::strict, memory.op_scratch()};
  std::vector<float> gradients(model.weights.size());
  const Parameters<float> d = slice_parameters(model.config, gradients.data());
  const Token *tokens = model.tokens.data(), *targets = model.targets.data();
  transformer_forward(context, pass, tokens, targets);
  memory.forget_scratch();
  if (fault)
    faulty_backward(context, pass, d, tokens, targets, 0.5f, *fault);
  else
    transformer_backward(context, pass, d, tokens, targets, 0.5f);
  return gradients;
}

TEST(FaultyBackward, WithoutAFaultIsTheEngines) {
  for (const Recipe& recipe : test::architectures()) {
    SCOPED_TRACE(recipe_to_json(recipe));
    FastModel model(recipe.model_config(kVocab), 1, 4, 5);
    const Fault none = Fault::none;
    test::expect_same_bits("gradients", gradients_of(model, &none), gradients_of(model, nullptr));
    if (testing::Test::HasFailure()) return;
  }
}

// Names of the tensors whose gradient a fault changes.
std::set<std::string> changed_by(Fault fault, FastModel& model) {
  const std::vector<float> right = gradients_of(model, nullptr),
                           wrong = gradients_of(model, &fault);
  std::set<std::string> changed;
  std::int64_t at = 0;
  for (const ParameterInfo& info : parameter_list(model.config)) {
    for (std::int64_t i = at; i < at + info.size(); ++i)
      if (right[i] != wrong[i]) changed.insert(info.name);
    at += info.size();
  }
  return changed;
}

// What lies after the mistake on the way back is wrong, and nothing else.
TEST(FaultyBackward, IsWrongFromTheFaultOn) {
  FastModel model(ModelConfig{1, 2, 6, 5, kVocab, true}, 1, 5, 5);
  const std::set<std::string> before_attention = {"wte.weight",
                                                  "wpe.weight",
                                                  "h.0.ln_1.weight",
                                                  "h.0.ln_1.bias",
                                                  "h.0.attn.c_attn.weight",
                                                  "h.0.attn.c_attn.bias"};
  EXPECT_EQ(changed_by(Fault::softmax_term, model), before_attention);
  std::set<std::string> before_mlp = before_attention;
  before_mlp.insert({"h.0.attn.c_proj.weight", "h.0.attn.c_proj.bias"});
  EXPECT_EQ(changed_by(Fault::residual, model), before_mlp);
  // Values do not pass through the softmax.
  const Fault fault = Fault::softmax_term;
  const std::vector<float> right = gradients_of(model, nullptr),
                           wrong = gradients_of(model, &fault);
  const Parameters<const float> r = slice_parameters(model.config, right.data());
  const Parameters<const float> w = slice_parameters(model.config, wrong.data());
  test::expect_same_bits("values", {w.h[0].c_attn_bias + 12, w.h[0].c_attn_bias + 18},
                         {r.h[0].c_attn_bias + 12, r.h[0].c_attn_bias + 18});
}

std::unique_ptr<GradientProof> proof_of(const FastModel& model) {
  auto made = GradientProof::create(model.config, model.weights, model.tokens, model.targets,
                                    test::pool_of(1));
  EXPECT_TRUE(made.ok());
  for (int samples = 1; made.value()->sample(); ++samples)
    EXPECT_LT(samples, GradientProof::kSamples);
  return std::move(made.value());
}

TEST(GradientProof, EveryTensorOfEveryArchitecturePasses) {
  for (const Recipe& recipe : test::architectures()) {
    SCOPED_TRACE(recipe_to_json(recipe));
    const FastModel model(recipe.model_config(kVocab), 1, 5, 3);
    const auto proof = proof_of(model);
    const std::vector<ParameterInfo> list = parameter_list(model.config);
    ASSERT_EQ(proof->tensors(), static_cast<int>(list.size()));
    for (int i = 0; i < proof->tensors(); ++i) {
      const TensorProof check = proof->check(i);
      EXPECT_TRUE(check.pass) << check.name << " " << check.relative_error;
      EXPECT_EQ(check.name, list[i].name);
      // Far from what a fault does, or it would let faults through.
      EXPECT_LT(check.tolerance, 0x1p-10) << check.name;
    }
    if (testing::Test::HasFailure()) return;
  }
}

TEST(GradientProof, AFaultIsCaught) {
  const FastModel model(ModelConfig{2, 2, 12, 9, kVocab, true}, 1, 9, 3);
  const auto proof = proof_of(model);
  for (const Fault fault : {Fault::softmax_term, Fault::residual}) {
    proof->set_fault(fault);
    int failed = 0;
    for (int i = 0; i < proof->tensors(); ++i) {
      const TensorProof check = proof->check(i);
      failed += !check.pass;
      const bool after = check.name == "wte.weight" || check.name == "h.0.attn.c_attn.weight";
      EXPECT_TRUE(check.pass || check.name != "ln_f.weight");
      EXPECT_FALSE(check.pass && after) << check.name;
    }
    EXPECT_GT(failed, 4);
  }
  proof->set_fault(Fault::none);
  for (int i = 0; i < proof->tensors(); ++i) EXPECT_TRUE(proof->check(i).pass);
}

// Too large a step is off by curvature, too small a one by rounding; between them the finite
// difference is as good as DESIGN's promise for the reference. In float rounding begins far sooner.
TEST(GradientProof, FiniteDifferencesAreBestBetween) {
  const FastModel model(ModelConfig{2, 2, 12, 9, kVocab, true}, 1, 9, 3);
  const auto proof = proof_of(model);
  for (int tensor = 0; tensor < proof->tensors(); ++tensor) {
    const auto error = [&](double epsilon, double Slopes::* of) {
      const Slopes slopes = proof->slopes(tensor, epsilon);
      return std::abs(slopes.*of - slopes.reference) / std::abs(slopes.reference);
    };
    SCOPED_TRACE(proof->check(tensor).name);
    const double best = error(1e-4, &Slopes::in_double);
    EXPECT_LE(best, kReferenceTolerance);
    EXPECT_GT(error(1.0, &Slopes::in_double), best);
    EXPECT_GT(error(1e-13, &Slopes::in_double), best);
    EXPECT_GT(error(1e-6, &Slopes::in_float), error(1e-6, &Slopes::in_double));
    // The engine's own gradient is one of float's precision, at any epsilon; and nothing is moved.
    const Slopes slopes = proof->slopes(tensor, 1e-4);
    EXPECT_EQ(slopes.engine, proof->slopes(tensor, 1e-2).engine);
    EXPECT_EQ(slopes.in_double, proof->slopes(tensor, 1e-4).in_double);
    EXPECT_EQ(slopes.in_float, proof->slopes(tensor, 1e-4).in_float);
  }
}

}  // namespace
}  // namespace clearformer
