// LoRA as a run: what moves, what does not, and that nothing of it is lost on the way.
#include "train/lora.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "io/checkpoint.h"
#include "ops/lora.h"
#include "reference/lora.h"
#include "reference/model.h"
#include "tests/engine/support/allocations.h"
#include "tests/engine/support/architectures.h"
#include "tests/engine/support/fast_model.h"
#include "tests/engine/support/runs.h"
#include "train/batcher.h"
#include "train/compact_model.h"
#include "train/gradient_check.h"

namespace clearformer {
namespace {

using test::load;
using test::start;
using test::train_until;
using test::training_text;

Recipe lora_recipe() {
  Recipe recipe = test::small_recipe();
  recipe.lora_rank = 3;
  recipe.lora_alpha = 5;
  return recipe;
}

// A run's tensors by name.
std::map<std::string, std::vector<float>> tensors_of(const std::vector<std::uint8_t>& run) {
  const Result<Checkpoint> file = parse_checkpoint(run);
  EXPECT_TRUE(file.ok());
  std::map<std::string, std::vector<float>> tensors;
  for (const NamedTensor& tensor : file.value().tensors) {
    if (tensor.dtype != DType::f32) continue;
    std::vector<float>& values = tensors[tensor.name];
    values.resize(tensor.bytes.size() / sizeof(float));
    copy_values(tensor, std::span(values));
  }
  return tensors;
}

// What a run's file has of a list of tensors, one after the other.
std::vector<float> joined(const std::map<std::string, std::vector<float>>& tensors,
                          const std::vector<ParameterInfo>& list, const std::string& prefix = "") {
  std::vector<float> all;
  for (const ParameterInfo& info : list) {
    const std::vector<float>& values = tensors.at(prefix + info.name);
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

TEST(LoraRun, BeginsAsTheModelItAdapts) {
  const auto full = start(test::small_recipe(), training_text(60));
  const auto lora = start(lora_recipe(), training_text(60));
  EXPECT_EQ(lora->fingerprint(), full->fingerprint());
  EXPECT_EQ(test::evaluate(*lora).val_loss, test::evaluate(*full).val_loss);
  EXPECT_EQ(lora->step().value().loss, full->step().value().loss);  // dropout and all
  EXPECT_NE(lora->fingerprint(), full->fingerprint());
  // B was zero, so that nothing pulled at A; then both move.
  const auto first = tensors_of(start(lora_recipe(), training_text(60))->save());
  const auto second = tensors_of(lora->save());
  for (const ParameterInfo& info : adapter_list(lora->config(), 3)) {
    const bool is_b = info.name.starts_with("lora.b.");
    EXPECT_EQ(info.init == Init::zero, is_b);
    for (const float value : first.at(info.name)) EXPECT_EQ(value == 0, is_b);
    for (const float value : second.at(info.name)) EXPECT_NE(value, 0);
    for (const float value : second.at("adam.m." + info.name)) EXPECT_EQ(value != 0, is_b);
  }
}

TEST(LoraRun, WhatIsFrozenStaysToTheBit) {
  const auto run = start(lora_recipe(), training_text(60));
  const auto before = tensors_of(run->save());
  train_until(*run, 12);
  const auto after = tensors_of(run->save());
  int adapted = 0;
  for (const ParameterInfo& info : parameter_list(run->config())) {
    if (!is_adapted(info)) {
      test::expect_same_bits(info.name, after.at(info.name), before.at(info.name));
      EXPECT_FALSE(after.contains("lora.base." + info.name));
      EXPECT_FALSE(after.contains("adam.m." + info.name));
      continue;
    }
    ++adapted;
    test::expect_same_bits(info.name, after.at("lora.base." + info.name), before.at(info.name));
    for (std::size_t i = 0; i < before.at(info.name).size(); ++i)
      EXPECT_NE(after.at(info.name)[i], before.at(info.name)[i]) << info.name;
  }
  EXPECT_EQ(adapted, 8);  // c_attn, c_proj, c_fc, c_proj of two layers
}

// So what the decoder reads, what is exported and what the base and the adapters say is one model.
TEST(LoraRun, ItsWeightsAreItsBaseMergedAnew) {
  for (const Arithmetic arithmetic : test::arithmetics()) {
    const auto run = start(lora_recipe(), training_text(60), arithmetic);
    train_until(*run, 7);
    const auto tensors = tensors_of(run->save());
    for (const ParameterInfo& info : adapted_list(run->config())) {
      const LoraShape shape{info.rows, info.cols, 3, 5.0f / 3};
      const test::EngineContext context(1, arithmetic, lora_scratch(info.rows, info.cols, 3));
      auto weight = test::nans<float>(info.size());
      lora_merge(context, weight.data(), tensors.at("lora.base." + info.name).data(),
                 tensors.at("lora.a." + info.name).data(), tensors.at("lora.b." + info.name).data(),
                 shape);
      test::expect_same_bits(info.name, weight, tensors.at(info.name));
    }
    const std::vector<float> weights = joined(tensors, parameter_list(run->config()));
    test::expect_same_bits("parameters", {run->parameters().begin(), run->parameters().end()},
                           weights);
  }
}

// A whole step of the reference: merge, every micro-batch with its dropout, the chain rule, the
// norm.
TEST(LoraRun, AStepsLossAndNormAgreeWithTheReference) {
  const Recipe recipe = lora_recipe();
  const auto run = start(recipe, training_text(60));
  train_until(*run, 4);
  const ModelConfig config = run->config();
  const auto tensors = tensors_of(run->save());
  std::vector<float> base = joined(tensors, parameter_list(config));
  for_each_adapted(parameter_list(config), 3,
                   [&](const ParameterInfo& info, const AdapterOffsets& at) {
                     const auto& frozen = tensors.at("lora.base." + info.name);
                     std::copy(frozen.begin(), frozen.end(), base.begin() + at.weight);
                   });
  const std::vector<float> adapters = joined(tensors, adapter_list(config, 3));
  const std::int64_t B = recipe.batch_size, T = recipe.block_size;
  const auto expected = test::from_reference([&]<class Number>(test::Tensors<Number>& out) {
    const auto factors = test::converted<Number>(adapters);
    const auto parameters =
        reference::merged(test::converted<Number>(base), factors, 5.0f / 3, config, 3);
    std::vector<Number> all(parameters.size(), Number(0)), gradient(factors.size(), Number(0));
    Number loss = 0;
    for (int micro = 0; micro < recipe.grad_accum_steps; ++micro) {
      std::vector<Token> inputs(B * T), targets(B * T);
      draw_batch(inputs.data(), targets.data(), run->corpus().train(),
                 Rng(recipe.seed, Stream::kBatch, 4, micro), B, T);
      const DropoutKey key{true, static_cast<std::uint64_t>(recipe.seed),
                           static_cast<std::uint32_t>(4 * recipe.grad_accum_steps + micro)};
      const auto scales = test::replayed_scales(config, key, B, T);
      reference::Activations<Number> a, da;
      const reference::Batch batch{inputs.data(), targets.data(), B, T};
      reference::forward(a, config, parameters.data(), batch, scales);
      reference::backward(all.data(), da, config, parameters.data(), batch, a, scales,
                          1.0 / recipe.grad_accum_steps);
      loss += a.loss * Number(1.0 / recipe.grad_accum_steps);
    }
    reference::adapter_gradients(gradient, all, factors, 5.0f / 3, config, 3);
    Number squares = 0;
    for (const Number g : gradient) squares += g * g;
    out = {{loss, sqrt(squares)}};
  });
  const Result<StepResult> step = run->step();
  ASSERT_TRUE(step.ok());
  const double actual[] = {step.value().loss, step.value().grad_norm};
  test::expect_agrees("loss, norm", actual, expected[0], test::kFloatUnit);
}

TEST(LoraRun, ResumesToTheBitFromEveryStep) {
  test::expect_resumes_to_the_bit(lora_recipe());
}

// Of every switch of the model, in each class of arithmetic.
TEST(LoraRun, EveryArchitecturePassesTheGradientCheck) {
  for (Recipe recipe : test::architectures()) {
    recipe.lora_rank = 1 + recipe.n_kv_head + 4 * recipe.bias;
    recipe.dropout = 0.2;
    SCOPED_TRACE(recipe_to_json(recipe));
    int checked = 0;
    const auto report = [&](const TensorCheck& check) {
      EXPECT_TRUE(check.pass) << check.name << " " << check.max_relative_error << " of "
                              << check.tolerance << ", " << check.reference_relative_error;
      EXPECT_TRUE(check.name.starts_with("lora."));
      ++checked;
    };
    for (const Arithmetic arithmetic : test::arithmetics()) {
      checked = 0;
      const auto result = check_gradients(recipe, 7, test::pool_of(1), arithmetic, report);
      ASSERT_TRUE(result.ok()) << result.error().message;
      ASSERT_TRUE(result.value().pass);
      ASSERT_EQ(checked, 16);
    }
  }
}

TEST(LoraRun, TakesTheMemoryThatIsPlanned) {
  for (const int n_threads : test::thread_counts()) {
    for (const int rank : {1, 3, 15}) {
      Recipe recipe = lora_recipe();
      recipe.lora_rank = rank;
      const ModelConfig config = recipe.model_config(29);
      Arena arena;
      RunMemory memory{};
      ASSERT_TRUE(allocate_run(arena, memory, recipe, config, n_threads));
      EXPECT_EQ(arena.used(), arena.size());
      const MemoryPlan plan = plan_memory(recipe, config, 0, 0, n_threads);
      EXPECT_EQ(plan.total(), arena.size() + Decoder::bytes(config));
      for (const Buffer& buffer : plan.buffers) EXPECT_FALSE(buffer.why.empty()) << buffer.name;

      const auto run = start(recipe, training_text(60), Arithmetic::strict, n_threads);
      train_until(*run, 5);
      const std::int64_t before = test::allocation_count();
      for (int i = 0; i < 3; ++i) ASSERT_TRUE(run->step().ok());
      EXPECT_EQ(test::allocation_count(), before);
    }
  }
}

// With moments for the adapters alone.
TEST(LoraRun, TakesLessThanTrainingAll) {
  Recipe recipe;
  const ModelConfig config = recipe.model_config(65);
  const MemoryPlan full = plan_memory(recipe, config, 0, 0, 1);
  recipe.lora_rank = 8;
  const MemoryPlan lora = plan_memory(recipe, config, 0, 0, 1);
  EXPECT_LT(lora.total(), full.total());
  EXPECT_LT(4 * lora.bytes(MemoryKind::optimizer), full.bytes(MemoryKind::optimizer));
  EXPECT_LT(start(recipe, training_text(200))->save().size(),
            start(Recipe{}, training_text(200))->save().size());
}

TEST(LoraRun, LearnsATextThatItsModelHasNotSeen) {
  Recipe recipe = test::small_recipe();
  recipe.steps = 150;
  recipe.dropout = 0;
  recipe.grad_accum_steps = 1;
  const auto model = start(recipe, training_text(200));
  train_until(*model, recipe.steps);

  // The same model, at step 0, for a text that runs the other way.
  recipe.lora_rank = 2;
  recipe.lora_alpha = 4;
  recipe.lr = 3e-2;
  std::string text = training_text(400, 2);
  for (std::size_t at; (at = text.find("Zoë")) != std::string::npos;) text.replace(at, 4, "a fox");
  std::reverse(text.begin(), text.end());
  const std::vector<std::uint8_t> saved = model->save();
  Checkpoint alone = parse_checkpoint(saved).value();
  alone.step = 0;
  alone.text = {};
  alone.recipe_json = recipe_to_json(recipe);
  std::erase_if(alone.tensors, [](const NamedTensor& tensor) {
    return tensor.name.starts_with("adam.") || tensor.name.starts_with("history.");
  });
  auto made = Trainer::load(serialize_checkpoint(alone), {.pool = test::pool_of(1)}, text);
  ASSERT_TRUE(made.ok()) << made.error().message;
  Trainer& run = *made.value();
  EXPECT_EQ(run.fingerprint(), model->fingerprint());
  const auto begun = tensors_of(run.save()), given = tensors_of(saved);
  for (const ParameterInfo& info : adapted_list(run.config()))
    test::expect_same_bits(info.name, begun.at("lora.base." + info.name), given.at(info.name));
  // At first worse than guessing by frequency, and in the end better.
  const TextStats stats = measure_text(text, run.corpus().tokens, run.config().vocab_size);
  EXPECT_GT(test::evaluate(run).val_loss, stats.unigram_entropy);
  train_until(run, recipe.steps);
  EXPECT_LT(test::evaluate(run).val_loss, stats.unigram_entropy);
}

TEST(LoraRun, AFileThatLacksAPartIsRefused) {
  const auto run = start(lora_recipe(), training_text(60));
  train_until(*run, 2);
  const std::vector<std::uint8_t> saved = run->save();
  for (const char* const name :
       {"lora.base.h.1.mlp.c_fc.weight", "lora.a.h.0.attn.c_attn.weight",
        "lora.b.h.1.attn.c_proj.weight", "adam.v.lora.b.h.0.mlp.c_proj.weight"}) {
    Checkpoint file = parse_checkpoint(saved).value();
    ASSERT_EQ(std::erase_if(file.tensors, [&](const auto& tensor) { return tensor.name == name; }),
              1u);
    const auto loaded = Trainer::load(serialize_checkpoint(file), {.pool = test::pool_of(1)});
    ASSERT_FALSE(loaded.ok()) << name;
    EXPECT_EQ(loaded.error().message,
              "The checkpoint has no tensor \"" + std::string(name) + "\".");
  }
  // And one that says that there is no LoRA.
  Checkpoint file = parse_checkpoint(saved).value();
  file.recipe_json = recipe_to_json(test::small_recipe());
  EXPECT_FALSE(Trainer::load(serialize_checkpoint(file), {.pool = test::pool_of(1)}).ok());
}

TEST(LoraRun, ItsModelTravelsAlone) {
  const auto run = start(lora_recipe(), training_text(60));
  train_until(*run, 3);
  const auto packed = pack_compact_model(*run);
  ASSERT_TRUE(packed.ok()) << packed.error().message;
  const auto model = CompactModel::load(packed.value(), test::pool_of(1));
  ASSERT_TRUE(model.ok()) << model.error().message;
  ASSERT_TRUE(model.value()->generator().begin("the", {}).ok());
}

TEST(LoraRun, IsNotForRandomWeights) {
  EXPECT_TRUE(check_from_scratch(Recipe{}).ok());
  const Status status = check_from_scratch(lora_recipe());
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().where, "lora_rank");
  EXPECT_EQ(status.error().message,
            "lora_rank is 3, but there is no model to adapt: this run would begin with random "
            "weights. Set lora_rank to 0, or import a model.");
}

}  // namespace
}  // namespace clearformer
