#include "inspect/faulty_training.h"

#include <gtest/gtest.h>

#include "model/transformer.h"
#include "tests/engine/support/fast_model.h"
#include "tests/engine/support/runs.h"
#include "train/batcher.h"

namespace clearformer {
namespace {

std::unique_ptr<FaultyTraining> training(Fault fault, std::vector<Token> text) {
  auto made =
      FaultyTraining::create(test::small_recipe(), 22, std::move(text), fault, test::pool_of(1));
  EXPECT_TRUE(made.ok());
  return made.ok() ? std::move(made.value()) : nullptr;
}

std::vector<Token> some_text() {
  return test::start(test::small_recipe(), test::training_text(60))->corpus().tokens;
}

TEST(FaultyTraining, WithoutAFaultBothAreTheSame) {
  const auto both = training(Fault::none, some_text());
  for (int i = 0; i < 5; ++i) {
    const auto losses = both->step();
    EXPECT_EQ(losses.right, losses.faulty);
  }
}

TEST(FaultyTraining, AFaultCostsLearning) {
  for (const Fault fault : {Fault::softmax_term, Fault::residual}) {
    const auto both = training(fault, some_text());
    const auto first = both->step();
    EXPECT_EQ(first.right, first.faulty);  // before anything was learned from it
    double right = 0, faulty = 0;
    for (int i = 0; i < 80; ++i) {
      const auto losses = both->step();
      right += losses.right;
      faulty += losses.faulty;
    }
    EXPECT_LT(right / 80, first.right - 0.5);
    EXPECT_NE(right, faulty);
    if (fault == Fault::residual) {
      EXPECT_GT(faulty, right);
    }
  }
}

// The right one is a training as the reference's AdamW has it, on the engine's own gradients.
TEST(FaultyTraining, TheRightOneIsTheEnginesGradient) {
  const auto text = some_text();
  const auto both = training(Fault::residual, text);
  const Recipe recipe = test::small_recipe();
  const ModelConfig config = recipe.model_config(22);
  std::vector<float> weights(parameter_count(config));
  initialise_parameters(config, recipe.seed, weights.data());
  reference::AdamWState<float> adam;
  for (std::uint32_t step = 0; step < 3; ++step) {
    std::vector<Token> inputs(4 * 11), targets(4 * 11);
    draw_batch(inputs.data(), targets.data(), text, Rng(recipe.seed, Stream::kTest, step), 4, 11);
    test::FastMemory memory(config, {4, 11, 1});
    const Parameters<float> parameters = slice_parameters(config, weights.data());
    const TransformerPass pass{config, parameters, memory.activations(), 4, 11, {}};
    const Context context{test::pool_of(1), Arithmetic::strict, memory.op_scratch()};
    const double loss = transformer_forward(context, pass, inputs.data(), targets.data());
    EXPECT_EQ(both->step().right, loss);
    std::vector<float> gradients(weights.size());
    transformer_backward(context, pass, slice_parameters(config, gradients.data()), inputs.data(),
                         targets.data(), 1.0f);
    reference::clip_gradients(gradients.data(), recipe.grad_clip, gradients.size());
    reference::adamw_step(
        weights.data(), adam, gradients.data(), recipe.lr,
        {.beta1 = recipe.beta1, .beta2 = recipe.beta2, .weight_decay = recipe.weight_decay},
        config);
  }
}

TEST(FaultyTraining, NeedsAText) {
  const auto made =
      FaultyTraining::create(test::small_recipe(), 22, {3}, Fault::none, test::pool_of(1));
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, "text");
}

}  // namespace
}  // namespace clearformer
