#include "inspect/faulty_training.h"

#include <algorithm>
#include <utility>

#include "inspect/activation_memory.h"
#include "train/batcher.h"
#include "train/memory.h"

namespace clearformer {
namespace {

// Small enough for a step of both in a blink, large enough to learn something from.
constexpr std::int64_t kPassages = 4, kTokens = 64;

}  // namespace

Result<std::unique_ptr<FaultyTraining>> FaultyTraining::create(const Recipe& recipe, int vocab_size,
                                                               std::vector<Token> text, Fault fault,
                                                               ThreadPool& pool) {
  if (text.size() < 2)
    return Error{"text", "", "This model came without a text, so there is nothing to train on."};
  const Error no_memory{"memory", "", "There is not enough memory to train two more models."};
  // For each of two: weights, gradient and its two means.
  const std::int64_t bytes = 8 * 4 * parameter_count(recipe.model_config(vocab_size));
  if (bytes > memory_limit() / 2) return no_memory;
  auto made = std::unique_ptr<FaultyTraining>(
      new FaultyTraining(recipe, vocab_size, std::move(text), fault, pool));
  const StepShape shape{made->B_, made->T_, pool.n_threads()};
  if (!allocate_activations(made->arena_, made->activations_, made->config_, shape))
    return no_memory;
  made->ops_.scratch = {made->activations_.op_scratch,
                        static_cast<std::size_t>(op_scratch_size(made->config_, shape))};
  return made;
}

FaultyTraining::FaultyTraining(const Recipe& recipe, int vocab_size, std::vector<Token> text,
                               Fault fault, ThreadPool& pool)
    : recipe_(recipe),
      config_(recipe.model_config(vocab_size)),
      text_(std::move(text)),
      B_(kPassages),
      T_(std::min({kTokens, std::int64_t{config_.block_size},
                   static_cast<std::int64_t>(text_.size()) - 1})),
      ops_{pool, Arithmetic::strict, {}},
      inputs_(B_ * T_),
      targets_(B_ * T_) {
  right_.fault = Fault::none;
  faulty_.fault = fault;
  for (Learner* const learner : {&right_, &faulty_}) {
    learner->weights.resize(parameter_count(config_));
    learner->gradients.resize(learner->weights.size());
    initialise_parameters(config_, static_cast<std::uint64_t>(recipe_.seed),
                          learner->weights.data());
  }
}

FaultyTraining::Losses FaultyTraining::step() {
  const Rng rng(static_cast<std::uint64_t>(recipe_.seed), Stream::kTest, steps_++);
  draw_batch(inputs_.data(), targets_.data(), text_, rng, B_, T_);
  const double right = step(right_);
  return {right, step(faulty_)};
}

double FaultyTraining::step(Learner& learner) {
  std::fill(learner.gradients.begin(), learner.gradients.end(), 0.0f);
  const Parameters<float> parameters = slice_parameters(config_, learner.weights.data());
  const TransformerPass pass{config_, parameters, activations_, B_, T_, {}};
  const double loss = transformer_forward(ops_, pass, inputs_.data(), targets_.data());
  faulty_backward(ops_, pass, slice_parameters(config_, learner.gradients.data()), inputs_.data(),
                  targets_.data(), 1.0f, learner.fault);
  const auto size = static_cast<std::int64_t>(learner.weights.size());
  reference::clip_gradients(learner.gradients.data(), recipe_.grad_clip, size);
  const reference::AdamW settings{
      .beta1 = recipe_.beta1, .beta2 = recipe_.beta2, .weight_decay = recipe_.weight_decay};
  reference::adamw_step(learner.weights.data(), learner.adam, learner.gradients.data(), recipe_.lr,
                        settings, config_);
  return loss;
}

}  // namespace clearformer
